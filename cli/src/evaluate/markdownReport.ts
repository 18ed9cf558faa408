import {
  type Agreement,
  type Comparison,
  type Estimate,
  type EvaluationReport,
  type ReadingComparison,
  type RegionDecisionTable,
  TRUE_ANATOMY,
  TRUE_INFARCT,
  type VolumeRow,
} from '@deep-aspects/aspects/evaluation';
import { estimate, number, percent, percentEstimate } from './formatFigures';
import { table } from './markdownTable';

export interface PlotLink {
  readonly title: string;
  /** Relative to the Markdown file. */
  readonly file: string;
}

/** The evaluation as Markdown: the paper's tables in its order, each saying what it rests on. */
export function markdownReport(report: EvaluationReport, plots: readonly PlotLink[]): string {
  const sections = [
    heading(report),
    infarctSection(report),
    anatomySection(report),
    ...readingSections(report),
    agreementSection(report),
    ...report.regions.map(regionSection),
    speedSection(report),
    plots.length
      ? ['## Plots', '', ...plots.map(({ title, file }) => `![${title}](${file})`)].join('\n')
      : '',
    failureSection(report),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function heading({
  dataSet,
  cases,
  failures,
  models,
  provider,
  bootstrap,
  simulatedReaders,
}: EvaluationReport): string {
  const lines = [
    `# Evaluation on ${dataSet.name}${dataSet.synthetic ? ' (synthetic images)' : ''}`,
    '',
    dataSet.description,
    `${cases} cases evaluated, ${failures.length} could not be. Networks: ${models.map(({ name, version }) => `${name} ${version}`).join(', ')}; run on ${provider}.`,
    `In brackets: 95 % confidence intervals, percentile bootstrap over cases, ${bootstrap.replicates} replicates, seed ${bootstrap.seed}. Definitions: docs/metrics.md.`,
  ];
  if (dataSet.synthetic) {
    lines.push('', 'All figures are from synthetic images: they say nothing of the accuracy on patients.');
  }
  if (simulatedReaders) {
    const { seed, expected } = simulatedReaders;
    lines.push(
      '',
      `Readers marked "(simulated)" are no radiologists: random readings (seed ${seed}) around the reference score. ` +
        `Their expected agreement on this data set: exact ${percent(expected.exact)}, ` +
        `within two points ${percent(expected.within2)}, r ${expected.pearson.toFixed(2)} ` +
        `(the paper's readers: 39.5 %, 76.9 %, 0.73).`
    );
  }
  return lines.filter((line, index) => line !== '' || lines[index - 1] !== '').join('\n');
}

function infarctSection({ infarct, infarctByVolume }: EvaluationReport): string {
  if (!infarct || !infarctByVolume) {
    return '';
  }
  const { pooled } = infarct;
  return [
    '## Table 1: infarct segmentation',
    '',
    `(a) Mean over ${infarct.scansWithInfarct} scans with an infarct; specificity over all ${infarct.scans}.`,
    '',
    table(
      ['', 'DSC', 'Sensitivity', 'Specificity', 'Specificity within the head'],
      [
        [
          'Mean over scans',
          ...[infarct.dice, infarct.sensitivity, infarct.specificity, infarct.headSpecificity].map(estimate),
        ],
        [
          'All voxels pooled',
          ...[pooled.dice, pooled.sensitivity, pooled.specificity].map(value => number(value, 3)),
          '',
        ],
      ]
    ),
    '',
    `Mean volume found where there is no infarct: ${number(infarct.falseMlWithoutInfarct, 1)} ml.`,
    '',
    '(b) DSC by volume of the labelled infarct.',
    '',
    table(infarctByVolume.map(volumeName), [
      infarctByVolume.map(({ dice }) => estimate(dice)),
      infarctByVolume.map(({ scans }) => `n = ${scans}`),
    ]),
  ].join('\n');
}

export function volumeName({ fromMl, toMl }: VolumeRow): string {
  if (fromMl === 0) {
    return `<${toMl} ml`;
  }
  return toMl === null ? `>=${fromMl} ml` : `${fromMl}-${toMl} ml`;
}

function anatomySection({ anatomy }: EvaluationReport): string {
  if (!anatomy) {
    return '';
  }
  return [
    '## Table 2: MCA territory segmentation',
    '',
    `DSC, mean over ${anatomy.scans} scans; overall is the mean of the seven columns.`,
    '',
    table(
      ['Overall', ...anatomy.groups.map(({ name }) => name)],
      [[estimate(anatomy.overall), ...anatomy.groups.map(({ dice }) => estimate(dice))]]
    ),
  ].join('\n');
}

/** The mixtures of true and found masks are told apart by their agreement alone. */
function readingSections({ comparisons }: EvaluationReport): string[] {
  return comparisons.filter(isOfReaders).map(comparison => {
    const rows = [...comparison.perScore, ...comparison.perBin].map(
      ({ label, cases, sensitivity, specificity }) => [
        binName(label),
        String(cases),
        number(sensitivity, 2),
        number(specificity, 2),
      ]
    );
    return [
      `## Tables 3 and 4: ${comparisonName(comparison)}`,
      '',
      `${comparison.cases} cases. The paper prints these two columns under each other's names (docs/metrics.md).`,
      '',
      table(['ASPECTS', `Given by ${comparison.reference}`, 'Sensitivity', 'Specificity'], rows),
    ].join('\n');
  });
}

export function isOfReaders({ tested }: Comparison): boolean {
  return tested !== TRUE_ANATOMY && tested !== TRUE_INFARCT;
}

function comparisonName({ tested, reference }: ReadingComparison): string {
  return `${tested} against ${reference}`;
}

function binName(label: number | string): string {
  const bins: Readonly<Record<string, string>> = { A: 'A (0-3)', B: 'B (4-7)', C: 'C (8-10)' };
  return bins[label] ?? String(label);
}

const AGREEMENT_ROWS: readonly (readonly [keyof Agreement, string, (value: Estimate) => string])[] = [
  ['exact', 'Same score', percentEstimate],
  ['within1', 'Within 1 point', percentEstimate],
  ['within2', 'Within 2 points', percentEstimate],
  ['sameBin', 'Same group (A, B, C)', percentEstimate],
  ['pearson', 'Pearson r', estimate],
  ['icc', 'ICC(2,1)', estimate],
  ['kappaQuadratic', 'Kappa, quadratic weights', estimate],
  ['kappaLinear', 'Kappa, linear weights', estimate],
  ['bias', 'Mean difference, points', estimate],
  ['lowerLimit', 'Lower limit of agreement, points', estimate],
  ['upperLimit', 'Upper limit of agreement, points', estimate],
];

function agreementSection({ comparisons }: EvaluationReport): string {
  if (comparisons.length === 0) {
    return '';
  }
  return [
    '## Section 6: agreement',
    '',
    table(
      ['', ...comparisons.map(comparisonName)],
      [
        ['Cases', ...comparisons.map(({ cases }) => String(cases))],
        ...AGREEMENT_ROWS.map(([key, name, format]) => [
          name,
          ...comparisons.map(({ agreement }) => format(agreement[key])),
        ]),
      ]
    ),
  ].join('\n');
}

function regionSection({ reference, all, regions, roc }: RegionDecisionTable): string {
  const row = (name: string, values: RegionDecisionTable['all']) => [
    name,
    String(values.affected),
    String(values.free),
    ...[values.sensitivity, values.specificity, values.precision].map(value => number(value, 2)),
  ];
  const curve = roc
    ? `Overlap threshold alone: area under the ROC curve ${roc.area.toFixed(3)}; ` +
      `best at ${percent(roc.best.threshold)} of the region ` +
      `(sensitivity ${roc.best.sensitivity.toFixed(2)}, specificity ${roc.best.specificity.toFixed(2)}).`
    : '';
  return [
    `## Regions: model against ${reference}`,
    '',
    table(
      ['Region', 'Affected', 'Free', 'Sensitivity', 'Specificity', 'Precision'],
      [...regions.map(values => row(values.id, values)), row('All', all)]
    ),
    ...(curve ? ['', curve] : []),
  ].join('\n');
}

function speedSection({ models, seconds }: EvaluationReport): string {
  const total = models.reduce((sum, { parameters }) => sum + parameters, 0);
  const millions = (parameters: number) => `${(parameters / 1e6).toFixed(1)} M`;
  return [
    '## Table 5: size and time',
    '',
    table(
      ['Network', 'Parameters', 'Seconds a scan: mean (least to greatest)'],
      [
        ...models.map(({ architecture, task, parameters }) => [
          `${architecture} (${task})`,
          millions(parameters),
          '',
        ]),
        [
          'Both',
          millions(total),
          `${number(seconds.mean, 1)} (${number(seconds.least, 1)} to ${number(seconds.greatest, 1)})`,
        ],
      ]
    ),
  ].join('\n');
}

function failureSection({ failures }: EvaluationReport): string {
  return failures.length
    ? [
        '## Cases that could not be evaluated',
        '',
        ...failures.map(f => `- ${f.case}: ${f.code}: ${f.message}`),
      ].join('\n')
    : '';
}

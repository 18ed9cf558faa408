import {
  bootstrap,
  type BootstrapOptions,
  type CaseRecord,
  type Estimate,
  type EvaluationReport,
  MODEL,
  pooledInfarctDice,
  REFERENCE,
  regionAgreement,
} from '@deep-aspects/aspects/evaluation';
import { estimate, number, percentEstimate } from '../evaluate/formatFigures';
import { volumeName } from '../evaluate/markdownReport';
import { table } from '../evaluate/markdownTable';
import { PAPER } from './paper';
import type { RecordsFile } from './recordsFile';
import { reportOf } from './recordsReport';

type Row = readonly [figure: string, value: string, cases: string];

/**
 * What a model card says of a pair of networks, from the records of `evaluate`: regions and scores against
 * the reference, infarct by kind of case and by volume. A case's kind is its folder's name without the
 * number: `faint-012`.
 */
export function figuresTable(file: RecordsFile, options: BootstrapOptions): string {
  const report = reportOf(file, { bootstrap: options });
  const rows = [
    ...regionRows(file.records, options),
    ...scoreRows(report, file.records),
    ...infarctRows(file.records, options),
    ...(report.infarctByVolume ?? []).map(row => [
      `mean Dice, infarct of ${volumeName(row)}`,
      estimate(row.dice),
      String(row.scans),
    ]),
    ...kindsWithoutInfarct(file.records),
    ...(report.anatomy
      ? [
          [
            'anatomy, mean Dice of the regions',
            estimate(report.anatomy.overall),
            String(report.anatomy.scans),
          ],
        ]
      : []),
  ];
  return `${heading(file)}\n\n${table(['figure', 'value [95 % interval]', 'cases'], rows)}`;
}

/** Dice of the regions, next to those of the paper's U-Net. */
export function anatomyTable(file: RecordsFile, options: BootstrapOptions): string {
  const { anatomy } = reportOf(file, { bootstrap: options });
  const paper = PAPER.get('U-Net')?.anatomy ?? [];
  const rows = anatomy
    ? [{ name: 'mean of the regions', dice: anatomy.overall }, ...anatomy.groups].map(
        ({ name, dice }, index) => [name, estimate(dice), paper[index]?.toFixed(2) ?? '']
      )
    : [];
  return `${heading(file)}\n\n${table(['Dice', 'value [95 % interval]', 'the paper, on its real scans'], rows)}`;
}

function heading({ dataSet, models, records }: RecordsFile): string {
  const names = models.map(({ task, version }) => `${task} network ${version}`).join(', ');
  const data = `${dataSet.name}${dataSet.synthetic ? ' (**synthetic**)' : ''}`;
  return `${names}; ${records.length} cases: ${data}. ${dataSet.description}`.trim();
}

function regionRows(records: readonly CaseRecord[], options: BootstrapOptions): Row[] {
  const known = records.filter(({ regions }) => regions.some(({ affected }) => REFERENCE in affected));
  const of = (name: 'sensitivity' | 'specificity'): Estimate =>
    bootstrap(known, sample => regionAgreement(sample, REFERENCE)[name], options);
  return known.length
    ? [
        ['affected regions, sensitivity', estimate(of('sensitivity')), String(known.length)],
        ['affected regions, specificity', estimate(of('specificity')), String(known.length)],
      ]
    : [];
}

function scoreRows({ comparisons }: EvaluationReport, records: readonly CaseRecord[]): Row[] {
  const found = comparisons.find(({ tested, reference }) => tested === MODEL && reference === REFERENCE);
  if (!found) {
    return [];
  }
  const { agreement, cases } = found;
  const sides = records.flatMap(({ readings }) => {
    const [model, truth] = [readings[MODEL]?.side, readings[REFERENCE]?.side];
    return model && truth && model !== 'none' && truth !== 'none' ? [model === truth] : [];
  });
  return [
    ['score within 2 points', percentEstimate(agreement.within2), String(cases)],
    ['score within 1 point', percentEstimate(agreement.within1), String(cases)],
    ['exact score', percentEstimate(agreement.exact), String(cases)],
    ['same side, where both call one', count(sides), String(sides.length)],
  ];
}

/** Dice over all voxels of the cases with an infarct, and of each kind of these. */
function infarctRows(records: readonly CaseRecord[], options: BootstrapOptions): Row[] {
  const ill = records.filter(({ infarct }) => infarct && infarct.truthMl > 0);
  const row = (name: string, cases: readonly CaseRecord[]): Row => [
    name,
    estimate(bootstrap(cases, pooledInfarctDice, options)),
    String(cases.length),
  ];
  const kinds = byKind(ill);
  return ill.length
    ? [
        row('acute infarct, pooled Dice', ill),
        ...(kinds.size > 1
          ? [...kinds].map(([kind, cases]) => row(`pooled Dice, cases "${kind}"`, cases))
          : []),
      ]
    : [];
}

function kindsWithoutInfarct(records: readonly CaseRecord[]): Row[] {
  const well = records.filter(({ infarct }) => infarct?.truthMl === 0);
  return [...byKind(well)].flatMap(([kind, cases]): Row[] => {
    const volume = cases.reduce((sum, { infarct }) => sum + (infarct?.predictedMl ?? 0), 0) / cases.length;
    const name = `cases "${kind}" without acute infarct`;
    return [
      [`${name}: mean volume called acute, ml`, number(volume, 1), String(cases.length)],
      [
        `${name}: scored 10`,
        count(cases.map(({ readings }) => readings[MODEL]?.score === 10)),
        String(cases.length),
      ],
    ];
  });
}

/** Cases by the name of their folder without its number, in the order of the kinds' names. */
function byKind(records: readonly CaseRecord[]): Map<string, CaseRecord[]> {
  const kinds = new Map<string, CaseRecord[]>();
  for (const record of [...records].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const kind = record.name.replace(/[-_ ]?\d+$/, '');
    kinds.set(kind, [...(kinds.get(kind) ?? []), record]);
  }
  return kinds;
}

function count(holds: readonly boolean[]): string {
  return `${holds.filter(Boolean).length} of ${holds.length}`;
}

import { isReaders, type EvaluationReport } from '@deep-aspects/aspects/evaluation';
import { estimate, number, percentEstimate } from '../evaluate/formatFigures';
import { isOfReaders, volumeName } from '../evaluate/markdownReport';
import { table } from '../evaluate/markdownTable';
import { PAPER, PAPER_AGREEMENT, PAPER_BINS, type PaperFigures } from './paper';
import { anatomyDice, infarctDice, rank, type CaseFigure } from './ranking';
import type { RecordsFile } from './recordsFile';
import { reportOf, type CompareOptions } from './recordsReport';

/** One architecture on one data set. */
interface Entry {
  readonly name: string;
  readonly file: RecordsFile;
  readonly report: EvaluationReport;
}

/**
 * The paper's tables with a row an architecture, next to the paper's figures; a section for each data set,
 * and the readings of all data sets together.
 */
export function compareTables(files: readonly RecordsFile[], options: CompareOptions): string {
  const entries = [...files]
    .sort((a, b) => orderOf(a) - orderOf(b))
    .map(file => ({ name: nameOf(file), file, report: reportOf(file, options) }));
  const dataSets = [...new Set(entries.map(({ file }) => file.dataSet.name))].sort();
  const together = merged(entries, options);
  return [
    ...dataSets.flatMap(name =>
      dataSetSections(
        name,
        entries.filter(({ file }) => file.dataSet.name === name),
        options
      )
    ),
    ...readingSections(together),
    sizeSection(together),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function nameOf({ models }: RecordsFile): string {
  const { architectureName, architecture } = models.find(({ task }) => task === 'infarct') ?? models[0];
  return architectureName ?? architecture;
}

function orderOf(file: RecordsFile): number {
  const order = [...PAPER.keys()].indexOf(nameOf(file));
  return order < 0 ? PAPER.size : order;
}

/** Each architecture with the cases of all its data sets: readings are too few to be divided. */
function merged(entries: readonly Entry[], options: CompareOptions): Entry[] {
  return [...new Set(entries.map(({ name }) => name))].map(name => {
    const files = entries.filter(entry => entry.name === name).map(({ file }) => file);
    const records = files.flatMap(({ dataSet, records: own }) =>
      own.map(record => ({ ...record, name: `${dataSet.name}/${record.name}` }))
    );
    const dataSet = { ...files[0].dataSet, synthetic: files.some(file => file.dataSet.synthetic) };
    const file = { ...files[0], dataSet, records };
    return { name, file, report: reportOf(file, options) };
  });
}

function dataSetSections(name: string, entries: readonly Entry[], options: CompareOptions): string[] {
  const [{ report }] = entries;
  const kind = report.dataSet.synthetic ? ', all of them **synthetic**' : '';
  const introduction = `${report.cases} cases${kind}. ${report.dataSet.description}`.trim();
  return [
    `## ${name[0].toUpperCase()}${name.slice(1)}\n\n${introduction}`,
    infarctTables(entries, options),
    anatomyTables(entries, options),
  ];
}

const paperOf = (name: string, pick: (figures: PaperFigures) => readonly number[]) => {
  const figures = PAPER.get(name);
  return figures ? pick(figures).map(value => value.toFixed(2)) : null;
};

function infarctTables(entries: readonly Entry[], options: CompareOptions): string {
  const with1 = entries.filter(({ report }) => report.infarct && report.infarctByVolume);
  if (!with1.length) {
    return '';
  }
  const volumes = with1[0].report.infarctByVolume ?? [];
  const rows1a = with1.map(({ name, report: { infarct } }) => [
    name,
    ...(infarct
      ? [infarct.dice, infarct.sensitivity, infarct.specificity, infarct.headSpecificity].map(estimate)
      : []),
    number(infarct?.falseMlWithoutInfarct ?? null, 1),
    paperOf(name, ({ infarct: printed }) => printed)?.join(' / ') ?? '',
  ]);
  const rows1b = with1.map(({ name, report: { infarctByVolume } }) => [
    name,
    ...(infarctByVolume ?? []).map(({ dice }) => estimate(dice)),
    paperOf(name, ({ byVolume }) => byVolume)?.join(' / ') ?? '',
  ]);
  return [
    '### Table 1: infarct',
    '',
    `(a) DSC and sensitivity: mean over the ${with1[0].report.infarct?.scansWithInfarct} scans with an infarct.`,
    '',
    table(
      [
        'Method',
        'DSC',
        'Sensitivity',
        'Specificity',
        'Specificity within the head',
        'False infarct on normal scans, ml',
        'Paper, real scans: DSC / sensitivity / specificity',
      ],
      rows1a
    ),
    '',
    rankingText(entries, infarctDice, 'infarct DSC', options, name => PAPER.get(name)?.infarct[0]),
    '',
    '(b) DSC by volume of the infarct.',
    '',
    table(
      ['Method', ...volumes.map(row => `${volumeName(row)} (n = ${row.scans})`), 'Paper, real scans'],
      rows1b
    ),
  ].join('\n');
}

function anatomyTables(entries: readonly Entry[], options: CompareOptions): string {
  const labelled = entries.filter(({ report }) => report.anatomy);
  if (!labelled.length) {
    return '';
  }
  const groups = labelled[0].report.anatomy?.groups ?? [];
  const rows = labelled.flatMap(({ name, report: { anatomy } }) => {
    const printed = paperOf(name, figures => figures.anatomy);
    return [
      [name, ...(anatomy ? [anatomy.overall, ...anatomy.groups.map(({ dice }) => dice)].map(estimate) : [])],
      ...(printed ? [[`*paper, real scans*`, ...printed]] : []),
    ];
  });
  return [
    '### Table 2: MCA territory, DSC',
    '',
    table(['Method', 'Overall', ...groups.map(({ name }) => name)], rows),
    '',
    rankingText(entries, anatomyDice, 'overall DSC', options, name => PAPER.get(name)?.anatomy[0]),
  ].join('\n');
}

/** Who wins, by how much on the same cases, and whether the paper's order holds. */
function rankingText(
  entries: readonly Entry[],
  figure: CaseFigure,
  what: string,
  options: CompareOptions,
  printed: (name: string) => number | undefined
): string {
  const ranked = rank(
    entries.map(({ name, file }) => ({ name, records: file.records })),
    figure,
    options.bootstrap
  );
  if (ranked.length < 2) {
    return '';
  }
  const order = ranked.map(({ name }) => name);
  const paper = order
    .filter(name => printed(name) !== undefined)
    .sort((a, b) => (printed(b) ?? 0) - (printed(a) ?? 0));
  const behind = ranked
    .slice(1)
    .map(({ name, behindFirst }) => `${name} ${behindFirst ? estimate(behindFirst) : 'n/a'}`);
  const clear = ranked.slice(1).every(({ behindFirst }) => (behindFirst?.low ?? 0) > 0);
  return [
    `Order by ${what} here: ${order.join(', ')}. Behind ${order[0]} on the same scans: ${behind.join('; ')}.`,
    clear
      ? `${order[0]} is ahead of every other beyond chance.`
      : `${order[0]} is not ahead of every other beyond chance: intervals that reach 0 or below leave the order open.`,
    paper.length === order.length
      ? `The paper's order: ${paper.join(', ')}; it ${paper.join() === order.join() ? 'holds here' : 'does not hold here'}.`
      : '',
  ]
    .filter(Boolean)
    .join(' ');
}

function readingSections(entries: readonly Entry[]): string[] {
  const compared = entries.filter(({ report }) => report.comparisons.length > 0);
  return compared.length
    ? [agreementSection(compared), binSection(compared), scoreSection(compared)].filter(Boolean)
    : [];
}

const AGREEMENT = [
  ['exact', 'Same score', percentEstimate],
  ['within1', 'Within 1', percentEstimate],
  ['within2', 'Within 2', percentEstimate],
  ['pearson', 'Pearson r', estimate],
  ['icc', 'ICC(2,1)', estimate],
  ['kappaQuadratic', 'Kappa, quadratic', estimate],
  ['bias', 'Mean difference', estimate],
] as const;

function comparisonsOf({ report }: Entry) {
  return report.comparisons.filter(isOfReaders);
}

function agreementSection(entries: readonly Entry[]): string {
  const seen = new Set<string>();
  const rows = entries.flatMap(entry =>
    comparisonsOf(entry).flatMap(({ tested, reference, agreement }) => {
      const name = `${tested === 'model' ? entry.name : tested} against ${reference}`;
      if (seen.has(name)) {
        return [];
      }
      seen.add(name);
      return [[name, ...AGREEMENT.map(([key, , format]) => format(agreement[key]))]];
    })
  );
  const [a, b, readers] = PAPER_AGREEMENT.exact.map(
    (exact, index) => `${exact}, ${PAPER_AGREEMENT.within2[index]} within 2`
  );
  return [
    '## Section 6: agreement of scores, all scans together',
    '',
    readerNote(entries[0].report),
    '',
    table(['', ...AGREEMENT.map(([, title]) => title)], rows),
    '',
    `The paper, on its real scans: its U-Net against reader A ${a}; against reader B ${b}; reader A against B ${readers}, r ${PAPER_AGREEMENT.pearson[2]}.`,
  ].join('\n');
}

function readerNote({ simulatedReaders, cases }: EvaluationReport): string {
  return simulatedReaders
    ? `${cases} scans. Readers marked "(simulated)" are random readings around the true score (seed ${simulatedReaders.seed}), not radiologists.`
    : `${cases} scans.`;
}

function binSection(entries: readonly Entry[]): string {
  const readers = readersOf(entries);
  if (readers.length < 2) {
    return '';
  }
  const bins = { A: 'A (0-3)', B: 'B (4-7)', C: 'C (8-10)' } as const;
  const cell = (entry: Entry, tested: string, reference: string, bin: string) => {
    const row = entry.report.comparisons
      .find(c => c.tested === tested && c.reference === reference)
      ?.perBin.find(({ label }) => label === bin);
    return row ? `${number(row.sensitivity, 2)} / ${number(row.specificity, 2)}` : 'n/a';
  };
  const rows = (['A', 'B', 'C'] as const).flatMap(bin => [
    ...entries.map(entry => [
      bins[bin],
      entry.name,
      ...readers.slice(0, 2).map(reader => cell(entry, 'model', reader, bin)),
      cell(entry, readers[0], readers[1], bin),
    ]),
    [
      bins[bin],
      '*paper, real scans*',
      ...PAPER_BINS[bin].map(printed => printed.split(' / ').reverse().join(' / ')),
    ],
  ]);
  return [
    '## Table 4: binned score, sensitivity / specificity',
    '',
    "The paper prints the two under each other's names (docs/metrics.md); its figures are turned round here.",
    '',
    table(
      [
        'ASPECTS',
        'Method',
        `Against ${readers[0]}`,
        `Against ${readers[1]}`,
        `${readers[0]} against ${readers[1]}`,
      ],
      rows
    ),
  ].join('\n');
}

function readersOf(entries: readonly Entry[]): string[] {
  const names = entries[0].report.comparisons.flatMap(({ tested, reference }) => [tested, reference]);
  return [...new Set(names)].filter(isReaders).sort();
}

/**
 * Table 3 of the pair that agrees best with the reference: four such tables of few cases would say no more.
 */
function scoreSection(entries: readonly Entry[]): string {
  const readers = readersOf(entries);
  if (readers.length < 2) {
    return '';
  }
  const exactOf = ({ report }: Entry) =>
    report.comparisons.find(({ tested, reference }) => tested === 'model' && reference === 'reference')
      ?.agreement.exact.value ?? -1;
  const best = [...entries].sort((a, b) => exactOf(b) - exactOf(a))[0];
  const chosen = [
    ['model', readers[0]],
    ['model', readers[1]],
    [readers[0], readers[1]],
  ].map(([tested, reference]) =>
    best.report.comparisons.find(c => c.tested === tested && c.reference === reference)
  );
  const rows = Array.from({ length: 11 }, (_, score) => [
    String(score),
    ...chosen.map(comparison => {
      const row = comparison?.perScore.find(({ label }) => label === score);
      return row ? `${number(row.sensitivity, 2)} / ${number(row.specificity, 2)} (n = ${row.cases})` : 'n/a';
    }),
  ]);
  return [
    `## Table 3: each score, sensitivity / specificity, ${best.name}`,
    '',
    'The pair whose scores equal the reference most often. n: scans to which the reference reading gave that score.',
    '',
    table(
      ['ASPECTS', `Against ${readers[0]}`, `Against ${readers[1]}`, `${readers[0]} against ${readers[1]}`],
      rows
    ),
  ].join('\n');
}

function sizeSection(entries: readonly Entry[]): string {
  const millions = (parameters: number) => `${(parameters / 1e6).toFixed(2)} M`;
  return [
    '## Table 5: size and time',
    '',
    table(
      [
        'Method',
        'Parameters of the anatomy and the infarct network',
        'Seconds a scan, both networks, mean',
        'Paper: parameters',
        'Paper: seconds',
      ],
      entries.map(({ name, report }) => [
        name,
        report.models.map(({ parameters }) => millions(parameters)).join(', '),
        number(report.seconds.mean, 2),
        PAPER.get(name)?.parameters ?? '',
        PAPER.get(name)?.seconds ?? '',
      ])
    ),
  ].join('\n');
}

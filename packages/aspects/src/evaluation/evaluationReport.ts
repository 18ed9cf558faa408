import type { ModelIdentity } from '../scoring/aspects/aspectsResult';
import type { BootstrapOptions } from './bootstrap';
import { isReaders, MODEL, REFERENCE, TRUE_ANATOMY, TRUE_INFARCT, type CaseRecord } from './caseRecord';
import {
  compareReadings,
  regionTable,
  type Comparison,
  type ReadingComparison,
  type RegionDecisionTable,
} from './readingTables';
import {
  anatomyTable,
  infarctByVolumeTable,
  infarctTable,
  type AnatomyTable,
  type InfarctTable,
  type VolumeRow,
} from './segmentationTables';
import { fitReaderModel, simulateReaders, type ReaderAgreement, type ReaderModel } from './simulatedReaders';
import { mean } from './summary';

/**
 * The paper's tables over one data set. Plain JSON; the length of lists does not depend on the number of
 * cases, except for failures.
 */
export interface EvaluationReport {
  readonly schemaVersion: '1.0';
  readonly createdAt: string;
  readonly software: { readonly name: string; readonly version: string };
  readonly dataSet: DataSetDescription;
  readonly models: readonly EvaluatedModel[];
  readonly provider: string;
  readonly cases: number;
  readonly failures: readonly CaseFailure[];
  readonly bootstrap: BootstrapOptions;
  /** Tables 1a, 1b, 2; null where nothing is labelled. */
  readonly infarct: InfarctTable | null;
  readonly infarctByVolume: readonly VolumeRow[] | null;
  readonly anatomy: AnatomyTable | null;
  /** Tables 3, 4 and section 6. */
  readonly comparisons: readonly ReadingComparison[];
  readonly regions: readonly RegionDecisionTable[];
  /** Table 5: wall time a scan from decoded images to the result, s. */
  readonly seconds: {
    readonly mean: number | null;
    readonly least: number | null;
    readonly greatest: number | null;
  };
  readonly simulatedReaders: SimulatedReaders | null;
}

export interface EvaluatedModel extends ModelIdentity {
  readonly parameters: number;
  /** As papers write it, for a row of a table; records of earlier versions have the description alone. */
  readonly architectureName?: string;
}

/** What `dataset.json` says of a data set. */
export interface DataSetDescription {
  readonly name: string;
  /** Simulated images: every figure made from them is marked. */
  readonly synthetic: boolean;
  readonly description: string;
}

/** A case without a record, and why: the code of its refusal, `TIME_LIMIT` or `INTERNAL_ERROR`. */
export interface CaseFailure {
  readonly case: string;
  readonly code: string;
  readonly message: string;
}

export interface SimulatedReaders {
  readonly seed: number;
  readonly model: ReaderModel;
  /** Agreement of the two that the reader model leads one to expect on this data set's scores. */
  readonly expected: ReaderAgreement;
}

export interface EvaluationInput extends Pick<
  EvaluationReport,
  'createdAt' | 'software' | 'dataSet' | 'models' | 'provider' | 'failures' | 'bootstrap'
> {
  readonly cases: readonly CaseRecord[];
  readonly simulateReadersSeed?: number;
}

/** Makes all tables of a data set from the records of its cases (docs/metrics.md defines each figure). */
export function evaluationReport(input: EvaluationInput): EvaluationReport {
  const { simulateReadersSeed: seed, ...meta } = input;
  const sorted = [...input.cases].sort((a, b) => (a.name < b.name ? -1 : 1));
  const simulation = seed === undefined ? null : simulate(sorted, seed);
  const cases = simulation?.cases ?? sorted;
  const { bootstrap } = input;
  const seconds = cases.map(record => record.seconds);
  return {
    schemaVersion: '1.0',
    ...meta,
    cases: cases.length,
    infarct: cases.some(record => record.infarct) ? infarctTable(cases, bootstrap) : null,
    infarctByVolume: cases.some(record => record.infarct) ? infarctByVolumeTable(cases, bootstrap) : null,
    anatomy: cases.some(record => record.anatomy) ? anatomyTable(cases, bootstrap) : null,
    comparisons: comparisonsOf(cases).map(comparison => compareReadings(cases, comparison, bootstrap)),
    regions: readingNames(cases)
      .filter(name => name === REFERENCE || isReaders(name))
      .flatMap(name => regionTable(cases, name) ?? []),
    seconds: {
      mean: mean(seconds),
      least: seconds.length ? Math.min(...seconds) : null,
      greatest: seconds.length ? Math.max(...seconds) : null,
    },
    simulatedReaders: simulation?.readers ?? null,
  };
}

const SIMULATED_READERS = ['reader A (simulated)', 'reader B (simulated)'];
const isSimulated = (name: string) => SIMULATED_READERS.includes(name);

/**
 * Two simulated readers in addition to whatever readings there are, around the reference score (the
 * model's never).
 */
function simulate(
  cases: readonly CaseRecord[],
  seed: number
): { cases: readonly CaseRecord[]; readers: SimulatedReaders } | null {
  const withTruth = cases.filter(({ readings }) => readings[REFERENCE]);
  if (withTruth.length === 0) {
    return null;
  }
  const trueScores = withTruth.map(({ readings }) => readings[REFERENCE].score);
  const { model, expected } = fitReaderModel(trueScores);
  const [a, b] = simulateReaders(trueScores, model, 2, seed);
  const simulated = withTruth.map((record, index) => ({
    ...record,
    readings: {
      ...record.readings,
      [SIMULATED_READERS[0]]: { score: a[index], side: null },
      [SIMULATED_READERS[1]]: { score: b[index], side: null },
    },
  }));
  const others = cases.filter(({ readings }) => !readings[REFERENCE]);
  return { cases: [...simulated, ...others], readers: { seed, model, expected } };
}

/** Model against each reader, each reader against the next, model and mixtures against the reference. */
function comparisonsOf(cases: readonly CaseRecord[]): Comparison[] {
  const names = readingNames(cases);
  const comparison = (tested: string, reference: string): Comparison => ({
    tested,
    reference,
    simulated: isSimulated(tested) || isSimulated(reference),
  });
  const ofReaders = (readers: readonly string[]) => [
    ...readers.map(reader => comparison(MODEL, reader)),
    ...readers.slice(1).map((reader, index) => comparison(readers[index], reader)),
  ];
  const readers = names.filter(isReaders);
  const toReference = names.includes(REFERENCE)
    ? [MODEL, TRUE_ANATOMY, TRUE_INFARCT]
        .filter(name => names.includes(name))
        .map(name => comparison(name, REFERENCE))
    : [];
  return [
    ...ofReaders(readers.filter(name => !isSimulated(name))),
    ...ofReaders(readers.filter(isSimulated)),
    ...toReference,
  ];
}

function readingNames(cases: readonly CaseRecord[]): string[] {
  return [...new Set(cases.flatMap(({ readings }) => Object.keys(readings)))].sort();
}

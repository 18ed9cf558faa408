import {
  type BootstrapOptions,
  evaluationReport,
  type EvaluationReport,
} from '@deep-aspects/aspects/evaluation';
import { SOFTWARE } from '@deep-aspects/aspects/scoring';
import type { RecordsFile } from './recordsFile';

export interface CompareOptions {
  readonly bootstrap: BootstrapOptions;
  readonly simulateReadersSeed?: number;
}

/** The report that the records' evaluation gave, without cases that failed, and always of the same time. */
export function reportOf(
  { dataSet, models, provider, records }: RecordsFile,
  options: CompareOptions
): EvaluationReport {
  return evaluationReport({
    createdAt: new Date(0).toISOString(),
    software: SOFTWARE,
    dataSet,
    models,
    provider,
    failures: [],
    bootstrap: options.bootstrap,
    cases: records,
    simulateReadersSeed: options.simulateReadersSeed,
  });
}

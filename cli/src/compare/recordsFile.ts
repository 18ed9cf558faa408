import { readFileSync } from 'node:fs';
import type { CaseRecord, DataSetDescription, EvaluationReport } from '@deep-aspects/aspects/evaluation';
import { UsageError } from '../exitStatus';
import { jsonText } from '../output/jsonText';
import { writeWhole } from '../output/writeWhole';

/**
 * One pair of networks on one data set: the records of its cases, from which all tables follow. No
 * pixels are in it.
 */
export interface RecordsFile {
  readonly schemaVersion: '1.0';
  readonly dataSet: DataSetDescription;
  readonly models: EvaluationReport['models'];
  readonly provider: string;
  readonly records: readonly CaseRecord[];
}

/** One record a line, so that a change of one case is a change of one line; numbers to DIGITS. */
export function writeRecords(path: string, { records, ...head }: RecordsFile): void {
  const lines = records.map(record => jsonText(rounded(record))).join(',\n');
  writeWhole(path, `${jsonText(head).slice(0, -1)}, "records": [\n${lines}\n]}\n`);
}

/** More than any scan is exact to, and half of what a double takes as text. */
const DIGITS = 6;

function rounded(record: CaseRecord): unknown {
  return JSON.parse(
    JSON.stringify(record, (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value
    )
  );
}

/** @throws UsageError where the file is none of these */
export function readRecords(path: string): RecordsFile {
  let value: Partial<RecordsFile>;
  try {
    value = JSON.parse(readFileSync(path, 'utf8')) as Partial<RecordsFile>;
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (value?.schemaVersion !== '1.0' || !Array.isArray(value.records) || !value.models || !value.dataSet) {
    throw new UsageError(`${path} holds no case records: make them with "evaluate DIR --records FILE"`);
  }
  return value as RecordsFile;
}

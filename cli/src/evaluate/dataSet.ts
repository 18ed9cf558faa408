import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { DataSetDescription, ReaderReading } from '@deep-aspects/aspects/evaluation';
import { ASPECTS_REGIONS } from '@deep-aspects/aspects/scoring';
import { UsageError } from '../exitStatus';
import type { StudyInput } from '../score/findStudies';
import { findStudies } from '../score/findStudies';

/** One folder of a labelled data set (docs/cli.md): paths only. */
export interface CaseFolder {
  readonly name: string;
  readonly folder: string;
  readonly infarct?: string;
  readonly anatomy?: string;
  readonly readers?: string;
}

/** The case folders of a data set, by name. @throws UsageError where there is none */
export function listCases(dataSet: string): CaseFolder[] {
  const cases = readdirSync(dataSet, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => caseFolder(join(dataSet, entry.name), entry.name))
    .filter(({ folder }) => ctPath(folder) !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (cases.length === 0) {
    throw new UsageError(`${dataSet} holds no case: a folder with ct.nii.gz or ct/*.dcm`);
  }
  return cases;
}

function caseFolder(folder: string, name: string): CaseFolder {
  return {
    name,
    folder,
    infarct: firstExisting(folder, ['infarct.nii.gz', 'infarct.nii', 'infarct.dcm']),
    anatomy: firstExisting(folder, ['anatomy.nii.gz', 'anatomy.nii', 'anatomy.dcm']),
    readers: firstExisting(folder, ['readers.json']),
  };
}

/** `ct.nii.gz` (or `.nii`), or the folder `ct/`. */
function ctPath(folder: string): string | undefined {
  return firstExisting(folder, ['ct.nii.gz', 'ct.nii', 'ct']);
}

function firstExisting(folder: string, names: readonly string[]): string | undefined {
  return names.map(name => join(folder, name)).find(existsSync);
}

/** The case's scan. @throws Error where `ct/` holds no or several studies */
export function scanOf(folder: CaseFolder): StudyInput {
  const { studies } = findStudies([ctPath(folder.folder) as string]);
  if (studies.length !== 1) {
    throw new Error(`${folder.folder} holds ${studies.length} studies where there has to be one`);
  }
  return studies[0];
}

/** Name, size and time of every file of a case: changes when any of them does. */
export function fingerprint({ folder }: CaseFolder): string {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return entries
    .map(entry => {
      const { size, mtimeMs } = statSync(join(folder, entry));
      return `${entry}:${size}:${Math.round(mtimeMs)}`;
    })
    .join('|');
}

/** Reads `readers.json`. @throws Error that names what is wrong */
export function readReaders({ readers }: CaseFolder): Record<string, ReaderReading> {
  if (!readers) {
    return {};
  }
  const value = JSON.parse(readFileSync(readers, 'utf8')) as unknown;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${readers} is not an object of readings by reader`);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, reading]) => [name, checkReading(reading, name, readers)])
  );
}

const SIDES = ['left', 'right', 'both', 'none'] as const;

function checkReading(value: unknown, reader: string, file: string): ReaderReading {
  const { score, side, regions } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const fail = (problem: string) => new Error(`${file}: reader ${reader}: ${problem}`);
  if (typeof score !== 'number' || !Number.isInteger(score) || score < 0 || score > 10) {
    throw fail('score is not a whole number from 0 to 10');
  }
  const knownSide = SIDES.find(candidate => candidate === side);
  if (side !== undefined && side !== null && !knownSide) {
    throw fail(`side is none of ${SIDES.join(', ')}`);
  }
  return { score, side: knownSide, regions: regions === undefined ? undefined : checkRegions(regions, fail) };
}

function checkRegions(value: unknown, fail: (problem: string) => Error): ReaderReading['regions'] {
  if (!Array.isArray(value)) {
    throw fail('regions is not a list');
  }
  return value.map(item => {
    const region = ASPECTS_REGIONS.find(({ id }) => id === item);
    if (!region) {
      throw fail(`there is no region ${String(item)}`);
    }
    return region.id;
  });
}

/**
 * `dataset.json` in the data set's folder may say what it is: `{"name", "synthetic", "description"}`. Without
 * it, cases of the project's own generator are known by their `truth.json`.
 */
export function describeDataSet(dataSet: string, cases: readonly CaseFolder[]): DataSetDescription {
  const given = readJson<Partial<DataSetDescription>>(join(dataSet, 'dataset.json')) ?? {};
  const generated = cases.some(({ folder }) =>
    readJson<{ data?: string }>(join(folder, 'truth.json'))?.data?.startsWith('synthetic')
  );
  return {
    name: given.name ?? basename(resolve(dataSet)),
    synthetic: given.synthetic ?? generated,
    description: given.description ?? '',
  };
}

function readJson<T>(path: string): T | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
}

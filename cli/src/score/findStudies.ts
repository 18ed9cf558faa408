import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readDicomHeader } from '../dicom/dicomFile';
import { isNiftiPath } from '../nifti/niftiVolume';

/** Files of one study, by series. Only paths and UIDs are kept, so that an archive of any size can be walked. */
export interface DicomStudy {
  readonly kind: 'dicom';
  readonly studyInstanceUID: string;
  /** Series Instance UID to files. */
  readonly series: Readonly<Record<string, readonly string[]>>;
}

export interface NiftiStudy {
  readonly kind: 'nifti';
  readonly file: string;
}

export type StudyInput = DicomStudy | NiftiStudy;

export interface FoundStudies {
  readonly studies: readonly StudyInput[];
  /** Files that are neither DICOM images of a series nor NIfTI. */
  readonly ignored: readonly string[];
}

/** Labels that lie beside `ct.nii.gz` in a data set for `evaluate`: not scans. */
const LABEL_VOLUME = /^(infarct|anatomy)\.nii(\.gz)?$/i;

/**
 * Every study below the paths, in the order of the file names; files of one study may lie in any folders.
 * Nothing but headers is read.
 */
export function findStudies(paths: readonly string[]): FoundStudies {
  const studies = new Map<string, Record<string, string[]>>();
  const volumes: NiftiStudy[] = [];
  const ignored: string[] = [];
  for (const file of paths.flatMap(path => [...filesBelow(path)])) {
    if (isNiftiPath(file)) {
      if (LABEL_VOLUME.test(basename(file))) {
        ignored.push(file);
      } else {
        volumes.push({ kind: 'nifti', file });
      }
      continue;
    }
    const uids = seriesOf(file);
    if (!uids) {
      ignored.push(file);
      continue;
    }
    const series = studies.get(uids.study) ?? {};
    studies.set(uids.study, series);
    (series[uids.series] ??= []).push(file);
  }
  const dicom = [...studies].map(([studyInstanceUID, series]) => ({
    kind: 'dicom' as const,
    studyInstanceUID,
    series,
  }));
  return { studies: [...dicom, ...volumes], ignored };
}

function* filesBelow(path: string): Generator<string> {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const child = join(path, entry.name);
    const target = entry.isSymbolicLink() ? statSync(child, { throwIfNoEntry: false }) : entry;
    if (target?.isDirectory() && !entry.isSymbolicLink()) {
      yield* filesBelow(child);
    } else if (target?.isFile()) {
      yield child;
    }
  }
}

/** Undefined for what is not DICOM, is damaged beyond its UIDs, or belongs to no series (a DICOMDIR). */
function seriesOf(file: string): { study: string; series: string } | undefined {
  try {
    const dataSet = readDicomHeader(file)?.dataSet;
    const study = dataSet?.string('x0020000d')?.trim();
    const series = dataSet?.string('x0020000e')?.trim();
    return study && series ? { study, series } : undefined;
  } catch {
    return undefined;
  }
}

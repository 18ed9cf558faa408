import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readDicomHeader } from '../dicom/dicomFile';
import { isNiftiPath } from '../nifti/niftiVolume';

/**
 * Files of one study, by series. Only paths and UIDs are kept, so that an archive of any size can be walked.
 */
export interface DicomStudy {
  readonly kind: 'dicom';
  readonly studyInstanceUID: string;
  readonly series: readonly SeriesFiles[];
}

export interface SeriesFiles {
  readonly seriesInstanceUID: string;
  readonly files: readonly string[];
}

export interface NiftiStudy {
  readonly kind: 'nifti';
  readonly file: string;
}

export type StudyInput = DicomStudy | NiftiStudy;

export interface FoundStudies {
  readonly studies: readonly StudyInput[];
  /** What is no scan, or cannot be read. */
  readonly ignored: readonly IgnoredFile[];
}

export interface IgnoredFile {
  readonly file: string;
  /** What is wrong with a file that is DICOM; undefined for anything else. */
  readonly problem?: string;
}

/** Labels that lie next to `ct.nii.gz` in a data set for `evaluate`: not scans. */
const LABEL_VOLUME = /^(infarct|anatomy)\.nii(\.gz)?$/i;

/**
 * Every study below the paths, in the order of the file names; files of one study may lie in any folders.
 * Nothing but headers is read.
 */
export function findStudies(paths: readonly string[]): FoundStudies {
  const studies = new Map<string, Map<string, string[]>>();
  const volumes: NiftiStudy[] = [];
  const ignored: IgnoredFile[] = [];
  for (const file of paths.flatMap(path => [...filesBelow(path, ignored)])) {
    if (isNiftiPath(file)) {
      if (LABEL_VOLUME.test(basename(file))) {
        ignored.push({ file });
      } else {
        volumes.push({ kind: 'nifti', file });
      }
      continue;
    }
    const uids = seriesOf(file);
    if (!('study' in uids)) {
      ignored.push({ file, ...uids });
      continue;
    }
    const series = studies.get(uids.study) ?? new Map<string, string[]>();
    studies.set(uids.study, series);
    const files = series.get(uids.series) ?? [];
    series.set(uids.series, files);
    files.push(file);
  }
  const dicom = [...studies].map(([studyInstanceUID, series]) => ({
    kind: 'dicom' as const,
    studyInstanceUID,
    series: [...series].map(([seriesInstanceUID, files]) => ({ seriesInstanceUID, files })),
  }));
  return { studies: [...dicom, ...volumes], ignored };
}

/**
 * Linked folders count, and each folder once, so that links in a circle end; what cannot be read must
 * not end a batch.
 */
function* filesBelow(path: string, unreadable: IgnoredFile[], seen = new Set<string>()): Generator<string> {
  try {
    const found = statSync(path);
    if (found.isFile()) {
      yield path;
    }
    const folder = found.isDirectory() ? realpathSync(path) : undefined;
    if (folder && !seen.has(folder)) {
      seen.add(folder);
      for (const name of readdirSync(path).sort()) {
        yield* filesBelow(join(path, name), unreadable, seen);
      }
    }
  } catch {
    unreadable.push({ file: path });
  }
}

/**
 * The series that a file belongs to, or why it belongs to none: it is not DICOM (no problem), or not
 * as it should be.
 */
function seriesOf(
  file: string
): { readonly study: string; readonly series: string } | { readonly problem?: string } {
  try {
    const dataSet = readDicomHeader(file)?.dataSet;
    const study = dataSet?.string('x0020000d')?.trim();
    const series = dataSet?.string('x0020000e')?.trim();
    if (study && series) {
      return { study, series };
    }
    // Directories and reports without a series are no images that lack one.
    const isImage = dataSet?.uint16('x00280010') !== undefined;
    const lacking = study ? 'Series Instance UID (0020,000E)' : 'Study Instance UID (0020,000D)';
    return { problem: isImage ? `has no ${lacking}` : undefined };
  } catch (cause) {
    return { problem: `is damaged (${cause instanceof Error ? cause.message : String(cause)})` };
  }
}

import { outcomeUid } from '@deep-aspects/aspects/report';
import { SOFTWARE } from '@deep-aspects/aspects/scoring';
import { readManifest } from '../models/loadModels';
import type { ArchiveClient, ListedSeries } from './archiveClient';

/**
 * A study in an archive, to be scored and its outcome stored. Holds no patient data: it goes through queues.
 */
export interface ArchiveStudy {
  readonly kind: 'archive';
  /** Root of the archive's DICOMweb service. */
  readonly archive: string;
  readonly studyInstanceUID: string;
  /** Series Instance UID and number of instances of each CT series when it was found complete. */
  readonly contents: readonly (readonly [string, number])[];
  /** Of the object that will close the reading: see `outcomeUid`. */
  readonly outcome: string;
}

/** Which program with which networks: what makes an outcome current. */
export interface ProgramIdentity {
  readonly softwareVersion: string;
  readonly networks: readonly string[];
}

/** @throws Refusal `MODEL_UNAVAILABLE` */
export function programIdentity(models: string): ProgramIdentity {
  const networks = (['anatomy', 'infarct'] as const).map(task => readManifest(models, task).sha256);
  return { softwareVersion: SOFTWARE.version, networks };
}

/** The work that a study with these series is. */
export function archiveStudy(
  archive: string,
  studyInstanceUID: string,
  series: readonly ListedSeries[],
  program: ProgramIdentity
): ArchiveStudy {
  const contents = contentsOf(series);
  return {
    kind: 'archive',
    archive,
    studyInstanceUID,
    contents,
    outcome: outcomeOf(studyInstanceUID, contents, program),
  };
}

export function outcomeOf(
  studyInstanceUID: string,
  contents: ArchiveStudy['contents'],
  program: ProgramIdentity
): string {
  return outcomeUid({ studyInstanceUID, contents: new Map(contents), ...program });
}

function contentsOf(series: readonly ListedSeries[]): ArchiveStudy['contents'] {
  return ctSeries(series)
    .map(({ seriesInstanceUID, instances }) => [seriesInstanceUID, instances] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

export function ctSeries(series: readonly ListedSeries[]): ListedSeries[] {
  return series.filter(({ modality }) => modality === 'CT');
}

/** Whether the archive has other CT images of the study than when it was found complete, or none any more. */
export async function hasChanged(
  client: Pick<ArchiveClient, 'series'>,
  { studyInstanceUID, contents }: ArchiveStudy
): Promise<boolean> {
  const now = contentsOf(await client.series(studyInstanceUID));
  return JSON.stringify(now) !== JSON.stringify(contents);
}

/** Whether the archive holds the outcome of exactly these images by this version. */
export function hasOutcome(
  client: Pick<ArchiveClient, 'holdsInstance'>,
  study: ArchiveStudy
): Promise<boolean> {
  return client.holdsInstance(study.studyInstanceUID, study.outcome);
}

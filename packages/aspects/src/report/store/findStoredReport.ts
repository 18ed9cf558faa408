import type { NaturalisedDataset } from 'dcmjs';
import { textValue } from '../dicom/read/dataset';
import { readReport } from '../dicom/read/readReport';
import { latestReport, reportHeaderOf, type ReportHeader } from '../dicom/read/reportHeader';
import type { ReportSeries, StoredReport, StoredVersion } from '../types';
import { HttpStatusError } from './dicomWebArchive';
import { ArchiveAnswerError, datasetsOfAnswer } from './dicomJson';
import { firstPart } from './multipart';
import type { InstanceReference } from './reportArchive';
import { isUid } from '../dicom/uid';
import { uidInPath } from './uidInPath';

/** How the archive is asked (QIDO-RS and WADO-RS, PS3.18 10.6 and 10.4). */
export interface FindOptions {
  /** Roots without a slash at the end. */
  readonly qidoRoot: string;
  readonly wadoRoot: string;
  readonly headers?: () => Readonly<Record<string, string>>;
  /** The environment's own; needs no `this`. */
  readonly fetch: typeof globalThis.fetch;
  readonly signal?: AbortSignal;
}

/**
 * The latest report of a series that the archive holds, read back; undefined where there is none. Throws
 * `StoredReportError` where it cannot be read or none is the latest, `HttpStatusError` where the archive
 * refuses, `ArchiveAnswerError` where it answers something else, and what fetch throws.
 */
export async function findStoredReport(
  series: ReportSeries,
  options: FindOptions
): Promise<StoredReport | undefined> {
  const latest = await findStoredHeader(series, options);
  if (!latest) {
    return undefined;
  }
  const { version, seg } = latest;
  const sr = await part10(version, options);
  const segmentation = await part10({ studyInstanceUID: version.studyInstanceUID, ...seg }, options);
  return readReport(segmentation, sr, series);
}

/**
 * Which report of a series is the latest one in the archive, without fetching its masks; undefined where
 * there is none. Throws as `findStoredReport`.
 */
export async function findStoredVersion(
  series: Pick<ReportSeries, 'studyInstanceUID' | 'seriesInstanceUID'>,
  options: FindOptions
): Promise<StoredVersion | undefined> {
  return (await findStoredHeader(series, options))?.version;
}

/** What the metadata tell of the latest report of a series. As `findStoredVersion`. */
export async function findStoredHeader(
  { studyInstanceUID, seriesInstanceUID }: Pick<ReportSeries, 'studyInstanceUID' | 'seriesInstanceUID'>,
  options: FindOptions
): Promise<ReportHeader | undefined> {
  const headers = await reportHeaders(studyInstanceUID, options);
  return latestReport(headers, seriesInstanceUID);
}

async function reportHeaders(studyInstanceUID: string, options: FindOptions): Promise<ReportHeader[]> {
  const study = `/studies/${uidInPath(studyInstanceUID)}`;
  const series = await datasets(`${options.qidoRoot}${study}/series?Modality=SR`, options);
  const found: ReportHeader[] = [];
  for (const match of series) {
    const uid = textValue(match, 'SeriesInstanceUID');
    if (!isUid(uid)) {
      throw new ArchiveAnswerError('it lists a series without a UID');
    }
    const instances = await datasets(`${options.wadoRoot}${study}/series/${uid}/metadata`, options);
    found.push(...instances.flatMap(instance => reportHeaderOf(instance) ?? []));
  }
  return found;
}

async function datasets(url: string, options: FindOptions): Promise<NaturalisedDataset[]> {
  const response = await request(url, 'application/dicom+json', options);
  return response.status === 204 || response.status === 404 ? [] : datasetsOfAnswer(await response.text());
}

async function part10(instance: InstanceReference, options: FindOptions): Promise<ArrayBuffer> {
  const [study, series, sop] = [
    instance.studyInstanceUID,
    instance.seriesInstanceUID,
    instance.sopInstanceUID,
  ].map(uidInPath);
  const url = `${options.wadoRoot}/studies/${study}/series/${series}/instances/${sop}`;
  const response = await request(url, 'multipart/related; type="application/dicom"', options);
  if (!response.ok) {
    throw new HttpStatusError(response.status);
  }
  return firstPart(await response.arrayBuffer(), response.headers.get('Content-Type') ?? '');
}

async function request(url: string, accept: string, options: FindOptions): Promise<Response> {
  const response = await options.fetch(url, {
    headers: { ...options.headers?.(), Accept: accept },
    signal: options.signal,
  });
  if (!response.ok && response.status !== 404) {
    throw new HttpStatusError(response.status);
  }
  return response;
}

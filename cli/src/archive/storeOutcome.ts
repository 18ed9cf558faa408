import {
  buildKeyImages,
  buildRefusalNote,
  buildReport,
  dicomWebArchive,
  findStoredHeader,
  findStoredReport,
  isChangedByReader,
  sourceAttributesOf,
  storeObject,
  StoredReportError,
  storeReport,
  type ReportInput,
  type SerialisedObject,
  type SourceAttributes,
  type StoredReport,
  type StoredVersion,
} from '@deep-aspects/aspects/report';
import { SOFTWARE } from '@deep-aspects/aspects/scoring';
import type { ScoredSeries } from '@deep-aspects/aspects/scoring';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import type { ErrorRecord } from '../score/outcome';
import type { StudyMetadata } from './archiveSeries';
import type { ArchiveConnection } from './archiveSettings';
import type { ArchiveStudy } from './archiveStudy';
import { drawKeyImages } from './drawKeyImages';
import { sliceNamer } from './sliceNamer';

/** What the archive holds of a study after its result was stored. */
export interface StoredOutcome {
  readonly result: ScoredSeries['result'];
  readonly changedByReader: boolean;
}

/** Where outcomes of one study go. */
export interface OutcomeTarget {
  readonly connection: ArchiveConnection;
  readonly study: ArchiveStudy;
  readonly metadata: StudyMetadata;
}

/**
 * Stores SEG and SR, then the key images, which close the reading. What the archive already has of this
 * version, or what a reader made, is left as it is: its key images are drawn then. Throws where the
 * archive does not confirm an object.
 */
export async function storeResult(
  target: OutcomeTarget,
  series: HeadCtSeries,
  scored: ScoredSeries
): Promise<StoredOutcome> {
  const { study } = target;
  const source = sourceOf(target, series.seriesInstanceUID);
  const input: ReportInput = { ...scored, series, source };
  const kept = await keepReport(target, input);
  const closing = { sopInstanceUID: study.outcome, srSopInstanceUID: kept.sop };
  const sliceName = sliceNamer(
    target.metadata.get(series.seriesInstanceUID) ?? [],
    series.slices.map(({ sopInstanceUID }) => sopInstanceUID)
  );
  const summary = drawKeyImages({ ...kept.input, series, sliceName });
  const [keyImages] = buildKeyImages(kept.input, [summary], closing);
  await storeClosing(target, keyImages);
  return { result: kept.input.result, changedByReader: isByReader(kept.input) };
}

/** Stores the note that a study cannot be scored. */
export async function storeRefusal(
  target: OutcomeTarget,
  error: Pick<ErrorRecord, 'code' | 'message'>
): Promise<void> {
  const context = {
    source: sourceOf(target),
    series: { studyInstanceUID: target.study.studyInstanceUID },
    result: { software: SOFTWARE, createdAt: new Date().toISOString() },
  };
  await storeClosing(target, buildRefusalNote(context, error, target.study.outcome));
}

/** The report that stands in the archive afterwards, and its SR. */
async function keepReport(
  { connection }: OutcomeTarget,
  input: ReportInput
): Promise<{ input: ReportInput; sop: string }> {
  const { stored, version } = await standingReport(connection, input);
  if (stored && (isByReader(stored) || isSameReading(stored, input))) {
    return { input: { ...input, ...stored }, sop: stored.version.sopInstanceUID };
  }
  const report = buildReport(input, version);
  const { url, headers, fetch } = connection;
  const archive = dicomWebArchive({ stowRoot: url, qidoRoot: url, headers, fetch });
  const outcome = await storeReport(report, archive);
  if (outcome.failure) {
    throw new Error(`SEG ${outcome.seg}, SR ${outcome.sr}: ${outcome.failure.message}`);
  }
  return { input, sop: report.sr.sopInstanceUID };
}

interface StandingReport {
  /** Undefined where there is none, or where it cannot be read. */
  readonly stored?: StoredReport;
  readonly version?: StoredVersion;
}

/**
 * The latest report in the archive. One that cannot be read (damaged, of slices that are gone) gets a next
 * version all the same, unless a reader has signed it; where none of several is the latest, nobody knows
 * which of them a reader changed.
 */
async function standingReport(
  { url, headers, fetch }: ArchiveConnection,
  { series }: ReportInput
): Promise<StandingReport> {
  const options = { qidoRoot: url, wadoRoot: url, headers, fetch };
  try {
    const stored = await findStoredReport(series, options);
    return { stored, version: stored?.version };
  } catch (error) {
    if (!(error instanceof StoredReportError) || error.code === 'CIRCULAR') {
      throw error;
    }
    const header = await findStoredHeader(series, options);
    if (header?.verified) {
      throw new Error(`a report that a reader has signed cannot be read, and stays: ${error.message}`);
    }
    return { version: header?.version };
  }
}

/** A name, an edited mask or a region switched: then it is no longer the program's to replace. */
function isByReader({ result, reader, edited }: Pick<ReportInput, 'result' | 'reader' | 'edited'>): boolean {
  return (
    reader !== undefined || Boolean(edited?.regions) || Boolean(edited?.infarct) || isChangedByReader(result)
  );
}

/** Of the same slices by the same program and networks. */
function isSameReading({ result, missedSlices }: StoredReport, { result: own }: ReportInput): boolean {
  const networks = (models: typeof own.models) => models.map(({ sha256 }) => sha256).join();
  return (
    missedSlices === 0 &&
    result.software.version === own.software.version &&
    networks(result.models) === networks(own.models)
  );
}

async function storeClosing(
  { connection: { url, headers, fetch } }: OutcomeTarget,
  object: SerialisedObject
): Promise<void> {
  const archive = dicomWebArchive({ stowRoot: url, qidoRoot: url, headers, fetch });
  const { failure } = await storeObject(object, archive, {});
  if (failure) {
    throw new Error(failure.message);
  }
}

/** Patient and study as the source images have them, so that the objects are filed with these. */
function sourceOf({ metadata }: OutcomeTarget, seriesInstanceUID?: string): SourceAttributes {
  const [first] = metadata.get(seriesInstanceUID ?? '') ?? [...metadata.values()].flat();
  return first ? sourceAttributesOf(first) : {};
}

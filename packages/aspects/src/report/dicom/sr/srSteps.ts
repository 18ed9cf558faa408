import type { NaturalisedDataset, DcmjsDict } from 'dcmjs';
import { renderReportText } from '../../text/renderReportText';
import { resultDescription } from '../../text/resultDescription';
import type { DicomObject, DicomReport, ReportInput, StoredVersion } from '../../types';
import { canonicalJson } from '../canonicalJson';
import { codedHemispheres } from '../codedResult';
import { CODES, OWN_CODES } from '../codes';
import { equipment, patientAndStudy, sopCommon } from '../modules';
import type { Steps } from '../../steps';
import { segmentFrames, type SegmentFrame } from '../seg/segmentFrames';
import { part10Steps } from '../serialise';
import { instanceReferences } from '../sourceReferences';
import { contentUid } from '../uid';
import { boundedText, dicomDateTime } from '../values';
import { codedItem, containerItem, textItem, type ContentItem } from './contentItems';
import { imageLibrary, observerItems, remarkItems } from './context';
import { measurementGroups } from './measurementGroups';

export const COMPREHENSIVE_SR_STORAGE = '1.2.840.10008.5.1.4.1.1.88.33';

/**
 * Private block of the SR that holds the `AspectsResult` as JSON, so that a stored report reopens
 * value for value.
 */
export const RESULT_BLOCK = {
  creator: 'DEEP-ASPECTS 1.0',
  creatorTag: '00990010',
  resultTag: '00991001',
} as const;

const FIRST_SERIES_NUMBER = 9002;
/** So that no version has the number of SEG, pictures or notes. */
const SERIES_NUMBER_STEP = 10;

/**
 * The result as a Comprehensive SR after TID 1500 "Measurement Report", with references to the slices
 * and to the segments of `seg`, in short steps. Coded content holds every clinical value; a private
 * block holds the result as JSON. The SOP Instance UID is made from the content and the predecessor;
 * times and the computing device do not count.
 * @param previous The latest stored version. The same content keeps its UID (`unchanged`); other content
 * names it as predecessor.
 */
export function* srSteps(
  input: ReportInput,
  seg: DicomObject,
  previous?: StoredVersion
): Steps<Omit<DicomReport, 'seg'>> {
  const key = contentKey(input, seg);
  const unchanged =
    previous !== undefined && srUid(key, previous.predecessorSopInstanceUID) === previous.sopInstanceUID;
  const sop = unchanged ? previous.sopInstanceUID : srUid(key, previous?.sopInstanceUID);
  const series = unchanged ? previous.seriesInstanceUID : srSeriesUid(sop);
  const predecessor = unchanged ? predecessorOf(previous) : previous;
  const seriesNumber = numberAfter(previous, unchanged);
  const dataset: NaturalisedDataset = {
    ...patientAndStudy(input),
    ...equipment(input),
    ...sopCommon(input, { sopClass: COMPREHENSIVE_SR_STORAGE, sop, series }),
    Modality: 'SR',
    SeriesNumber: String(seriesNumber),
    SeriesDescription: resultDescription(input.result, Boolean(input.edited?.infarct)),
    ReferencedPerformedProcedureStepSequence: [],
    PerformedProcedureCodeSequence: [],
    CompletionFlag: 'COMPLETE',
    ...verification(input),
    ...(predecessor && {
      PredecessorDocumentsSequence: [reference(predecessor.studyInstanceUID, [predecessor])],
    }),
    CurrentRequestedProcedureEvidenceSequence: [evidence(input, seg)],
    ...document(input, seg, yield* segmentFrames(input)),
  };
  return {
    unchanged,
    sr: {
      kind: 'SR',
      studyInstanceUID: input.series.studyInstanceUID,
      seriesInstanceUID: series,
      sopClassUID: COMPREHENSIVE_SR_STORAGE,
      sopInstanceUID: sop,
      predecessorSopInstanceUID: predecessor?.sopInstanceUID,
      seriesNumber,
      part10: yield* part10Steps(dataset, resultBlock(input)),
    },
  };
}

/** A list of series, which tells no times, shows by it which version is the latest. */
function numberAfter(previous: StoredVersion | undefined, unchanged: boolean): number {
  const number = previous?.seriesNumber ?? FIRST_SERIES_NUMBER;
  return previous && !unchanged ? number + SERIES_NUMBER_STEP : number;
}

/** Everything that makes one report another report: not when or on which device it was computed. */
function contentKey({ result, reader, edited }: ReportInput, seg: DicomObject): string {
  const { createdAt: _when, runtime: _device, ...content } = result;
  return canonicalJson({
    content: { ...content, hemispheres: codedHemispheres(content.hemispheres) },
    seg: seg.sopInstanceUID,
    edited: [Boolean(edited?.regions), Boolean(edited?.infarct)],
    reader: reader ? [reader.name, reader.organisation ?? '', Boolean(reader.verifiedAt)] : null,
  });
}

function srUid(key: string, predecessor: string | undefined): string {
  return contentUid('sr', key, predecessor ?? '');
}

function srSeriesUid(sopInstanceUID: string): string {
  return contentUid('sr-series', sopInstanceUID);
}

/**
 * An SR's series follows from its own UID, so the predecessor's SOP Instance UID is enough to name it.
 */
function predecessorOf(version: StoredVersion): StoredVersion | undefined {
  const sop = version.predecessorSopInstanceUID;
  return sop === undefined
    ? undefined
    : {
        studyInstanceUID: version.studyInstanceUID,
        seriesInstanceUID: srSeriesUid(sop),
        sopInstanceUID: sop,
      };
}

/** SR Document General: verified only where a named reader said so (PS3.3 C.17.2). */
function verification({ reader, source }: ReportInput): NaturalisedDataset {
  if (!reader?.verifiedAt) {
    return { VerificationFlag: 'UNVERIFIED', PreliminaryFlag: 'PRELIMINARY' };
  }
  return {
    VerificationFlag: 'VERIFIED',
    PreliminaryFlag: 'FINAL',
    VerifyingObserverSequence: [
      {
        VerifyingObserverName: boundedText(reader.name, 64),
        VerifyingObserverIdentificationCodeSequence: [],
        VerifyingOrganization: boundedText(reader.organisation ?? '', 64) || 'Not stated',
        VerificationDateTime: dicomDateTime(reader.verifiedAt, source.TimezoneOffsetFromUTC).dateTime,
      },
    ],
  };
}

/** One item of a hierarchical reference to SR documents (PS3.3 10.3). */
function reference(studyInstanceUID: string, documents: readonly StoredVersion[]): NaturalisedDataset {
  return {
    StudyInstanceUID: studyInstanceUID,
    ReferencedSeriesSequence: documents.map(({ seriesInstanceUID, sopInstanceUID }) => ({
      SeriesInstanceUID: seriesInstanceUID,
      ReferencedSOPSequence: [
        { ReferencedSOPClassUID: COMPREHENSIVE_SR_STORAGE, ReferencedSOPInstanceUID: sopInstanceUID },
      ],
    })),
  };
}

/** What the content refers to: all instances that were read (frames have no place here), and the SEG. */
function evidence(input: ReportInput, seg: DicomObject): NaturalisedDataset {
  return {
    StudyInstanceUID: input.series.studyInstanceUID,
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: input.series.seriesInstanceUID,
        ReferencedSOPSequence: instanceReferences(input),
      },
      {
        SeriesInstanceUID: seg.seriesInstanceUID,
        ReferencedSOPSequence: [
          { ReferencedSOPClassUID: seg.sopClassUID, ReferencedSOPInstanceUID: seg.sopInstanceUID },
        ],
      },
    ],
  };
}

/**
 * The root container of TID 1500, its place in the dataset being the dataset itself. The title is one of
 * our own (CID 7021 is extensible): OHIF takes an "Imaging Measurement Report" for drawn measurements,
 * and shows nothing of one without.
 */
function document(input: ReportInput, seg: DicomObject, frames: readonly SegmentFrame[]): NaturalisedDataset {
  const { RelationshipType: _root, ...root } = containerItem(
    OWN_CODES.report,
    rootItems(input, seg, frames),
    '1500'
  );
  return root;
}

function rootItems(input: ReportInput, seg: DicomObject, frames: readonly SegmentFrame[]): ContentItem[] {
  return [
    codedItem('HAS CONCEPT MOD', CODES.language, CODES.english),
    ...observerItems(input),
    codedItem('HAS CONCEPT MOD', CODES.procedureReported, CODES.ctOfHead),
    // Before the lists of slices: whoever shows the report as text shows this first.
    textItem(
      'CONTAINS',
      CODES.comment,
      renderReportText(input.result, { form: 'long', language: 'en', edited: input.edited })
    ),
    imageLibrary(input),
    containerItem(CODES.imagingMeasurements, measurementGroups(input, seg.sopInstanceUID, frames)),
    ...remarkItems(input.result),
  ];
}

function resultBlock(input: ReportInput): DcmjsDict {
  return {
    [RESULT_BLOCK.creatorTag]: { vr: 'LO', Value: [RESULT_BLOCK.creator] },
    [RESULT_BLOCK.resultTag]: { vr: 'UT', Value: [JSON.stringify(input.result)] },
  };
}

import { refusalDescription } from '../../text/describedOutcome';
import type { SerialisedObject } from '../../types';
import { CODES, OWN_CODES } from '../codes';
import { equipment, patientAndStudy, sopCommon, type ObjectContext } from '../modules';
import { part10Of } from '../serialise';
import { codedItem, containerItem, textItem } from '../sr/contentItems';
import { contentUid } from '../uid';

const BASIC_TEXT_SR_STORAGE = '1.2.840.10008.5.1.4.1.1.88.11';

/**
 * Why a study was not scored, as a Basic Text SR (PS3.3 A.35.1): a refusal is a result too, and a study that
 * has it is not tried again.
 *
 * @param sopInstanceUID see `outcomeUid`
 */
export function buildRefusalNote(
  input: ObjectContext,
  { code, message }: { readonly code: string; readonly message: string },
  sopInstanceUID: string
): SerialisedObject {
  const { studyInstanceUID } = input.series;
  const series = contentUid('refusal-series', studyInstanceUID, code, input.result.software.version);
  const { RelationshipType: _root, ...root } = containerItem(OWN_CODES.aspectsAssessment, [
    codedItem('HAS CONCEPT MOD', CODES.language, CODES.english),
    textItem('CONTAINS', CODES.comment, `Not scored: ${code}. ${message}`),
  ]);
  const dataset = {
    ...patientAndStudy(input),
    ...equipment(input),
    ...sopCommon(input, { sopClass: BASIC_TEXT_SR_STORAGE, sop: sopInstanceUID, series }),
    Modality: 'SR',
    SeriesNumber: '9004',
    SeriesDescription: refusalDescription(code),
    ReferencedPerformedProcedureStepSequence: [],
    PerformedProcedureCodeSequence: [],
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    ...root,
  };
  return {
    studyInstanceUID,
    seriesInstanceUID: series,
    sopClassUID: BASIC_TEXT_SR_STORAGE,
    sopInstanceUID,
    part10: part10Of(dataset),
  };
}

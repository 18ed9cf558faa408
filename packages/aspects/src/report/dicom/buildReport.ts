import { isFrameName } from '../../series/sliceName';
import type { DicomReport, ReportInput, StoredVersion } from '../types';
import { runAtOnce, type Steps } from '../steps';
import { segSteps } from './seg/buildSeg';
import { srSteps } from './sr/buildSr';

/**
 * SEG and SR of one result.
 * @param previous The latest stored SR of this series; see `buildSr`.
 * Throws RangeError where masks and series do not fit each other, and Error for a multi-frame series.
 */
export function buildReport(input: ReportInput, previous?: StoredVersion): DicomReport {
  return runAtOnce(reportSteps(input, previous));
}

/** `buildReport` in short steps, for a thread that has to stay responsive. */
export function* reportSteps(input: ReportInput, previous?: StoredVersion): Steps<DicomReport> {
  if (input.series.slices.some(({ sopInstanceUID }) => isFrameName(sopInstanceUID))) {
    throw new Error(
      'SEG and SR of a multi-frame (Enhanced) CT series are not written: use the JSON, CSV or text report.'
    );
  }
  const seg = yield* segSteps(input);
  return { seg, ...(yield* srSteps(input, seg, previous)) };
}

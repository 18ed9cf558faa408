import { instanceOfFrame } from '../../series/sliceName';
import type { DicomReport, ReportInput, ReportSeries, StoredVersion } from '../types';
import { runAtOnce, type Steps } from '../steps';
import { segSteps } from './seg/segSteps';
import { srSteps } from './sr/srSteps';
import { isUid } from './uid';

/**
 * SEG and SR of one result.
 * @param previous The latest stored SR of this series; see `srSteps`. Throws RangeError where masks and
 * series do not fit each other, and Error for a series whose UIDs no reference can hold.
 */
export function buildReport(input: ReportInput, previous?: StoredVersion): DicomReport {
  return runAtOnce(reportSteps(input, previous));
}

/** `buildReport` in short steps, for a thread that has to stay responsive. */
export function* reportSteps(input: ReportInput, previous?: StoredVersion): Steps<DicomReport> {
  const obstacle = reportObstacle(input.series);
  if (obstacle !== undefined) {
    throw new Error(obstacle);
  }
  const seg = yield* segSteps(input);
  return { seg, ...(yield* srSteps(input, seg, previous)) };
}

/**
 * Why SEG and SR of a series cannot be written; undefined where they can. A UID that has to be cut makes
 * a report that refers to nothing.
 */
export function reportObstacle({
  studyInstanceUID,
  seriesInstanceUID,
  slices,
}: Pick<ReportSeries, 'studyInstanceUID' | 'seriesInstanceUID' | 'slices'>): string | undefined {
  const instances = slices.map(slice => instanceOfFrame(slice.sopInstanceUID));
  const uids = [studyInstanceUID, seriesInstanceUID, ...instances];
  const unheld = uids.find(uid => !isUid(uid));
  return unheld === undefined
    ? undefined
    : `SEG and SR are not written, since they cannot refer to the images: "${unheld.slice(0, 80)}" is no UID of 1 to 64 ` +
        'digits and dots. Use the JSON, CSV or text report.';
}

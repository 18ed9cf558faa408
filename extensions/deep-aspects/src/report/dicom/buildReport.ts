import type { DicomReport, ReportInput, StoredVersion } from '../types';
import { buildSeg } from './seg/buildSeg';
import { buildSr } from './sr/buildSr';

/**
 * SEG and SR of one result.
 * @param previous The latest stored SR of this series; see `buildSr`.
 * Throws RangeError where masks and series do not fit each other.
 */
export function buildReport(input: ReportInput, previous?: StoredVersion): DicomReport {
  const seg = buildSeg(input);
  return { seg, ...buildSr(input, seg, previous) };
}

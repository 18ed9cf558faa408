import type { NetworkTask } from '@deep-aspects/aspects/scoring';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import { readSegLabels } from '../dicom/segLabels';
import { isNiftiPath, readNifti } from '../nifti/niftiVolume';
import { sampleLabels } from '../nifti/sampleLabels';

/** Labels of a case, a NIfTI volume or a DICOM SEG, on the slices of its series: one plane a slice. */
export function caseLabels(path: string, task: NetworkTask, series: HeadCtSeries): Uint8Array[] {
  return isNiftiPath(path) ? sampleLabels(readNifti(path), series) : readSegLabels(path, task, series);
}

import type { NaturalisedDataset } from 'dcmjs';
import { frameName, frameNumberOf, instanceOfFrame } from '../../series/sliceName';
import type { ReportInput } from '../types';
import { textValue } from './read/dataset';

/** Source of CT images where the source instance does not name its SOP class. */
const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';

/**
 * Image SOP Instance Reference macro (PS3.3 table 10-3) to one slice, by its name. A frame of a
 * multi-frame instance has its number: without it the reference would be to all of them.
 */
export function sliceReference(input: ReportInput, slice: string): NaturalisedDataset {
  const frame = frameNumberOf(slice);
  return {
    ...instanceReference(input, slice),
    ...(frame !== undefined && { ReferencedFrameNumber: String(frame) }),
  };
}

/**
 * SOP Instance Reference macro (table 10-11) to each instance that was read, once, in the order of the
 * slices.
 */
export function instanceReferences(input: ReportInput): NaturalisedDataset[] {
  const firstSlices = new Map<string, string>();
  for (const { sopInstanceUID: slice } of input.series.slices) {
    const instance = instanceOfFrame(slice);
    firstSlices.set(instance, firstSlices.get(instance) ?? slice);
  }
  return [...firstSlices.values()].map(slice => instanceReference(input, slice));
}

/** The name of the slice that `sliceReference` refers to. */
export function sliceOfReference(reference: NaturalisedDataset | undefined): string {
  const instance = textValue(reference, 'ReferencedSOPInstanceUID');
  const frame = textValue(reference, 'ReferencedFrameNumber');
  return frame === '' ? instance : frameName(instance, Number(frame));
}

/** With the SOP class of that very slice, since one series may hold instances of several. */
function instanceReference({ series, source }: ReportInput, slice: string): NaturalisedDataset {
  const found = series.slices.find(({ sopInstanceUID }) => sopInstanceUID === slice);
  return {
    ReferencedSOPClassUID: found?.sopClassUID ?? source.SOPClassUID ?? CT_IMAGE_STORAGE,
    ReferencedSOPInstanceUID: instanceOfFrame(slice),
  };
}

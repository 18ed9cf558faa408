import type { NaturalisedDataset } from 'dcmjs';
import type { LabelMaps } from '../../../base/labelMaps';
import type { Vec3 } from '../../../series/headCtSeries';
import { instanceOfFrame } from '../../../series/sliceName';
import type { ReportSeries } from '../../types';
import { MANUFACTURER } from '../modules';
import { SEGMENTATION_STORAGE } from '../seg/segSteps';
import { infarctClassOfSegment, LAST_SEGMENT } from '../seg/segmentColours';
import { visitFramePixels } from '../seg/segmentFrames';
import { sliceOfReference } from '../sourceReferences';
import { firstItem, items, numberValue, textValue } from './dataset';
import { parsePart10, type ParsedObject } from './parsePart10';
import { StoredReportError } from './storedReportError';

/** Positions are written to ten digits or more; slices closer than this are none. */
const SAME_PLACE_MM = 0.1;

export interface StoredMasks extends LabelMaps {
  readonly sopInstanceUID: string;
}

/**
 * The masks of a SEG that `buildSeg` wrote, on the slices of `series`, voxel for voxel. A frame belongs
 * to the slice that it names, whatever order the series is in, and has to lie where that one lies: who
 * splits or joins multi-frame instances may leave numbers of frames that are other frames' now. Where the
 * series no longer has the instance (it came again under another UID), the frame belongs to the slice in its
 * place. Throws `StoredReportError`.
 */
export function readSeg(part10: ArrayBuffer, series: ReportSeries): StoredMasks {
  const parsed = parsePart10(part10);
  const { dataset } = parsed;
  if (
    textValue(dataset, 'SOPClassUID') !== SEGMENTATION_STORAGE ||
    textValue(dataset, 'Manufacturer') !== MANUFACTURER
  ) {
    throw new StoredReportError('NOT_OURS', 'The object is not a segmentation by Deep-ASPECTS.');
  }
  if (numberValue(dataset, 'Rows') !== series.rows || numberValue(dataset, 'Columns') !== series.columns) {
    throw new StoredReportError(
      'OTHER_SERIES',
      'The stored segmentation has another matrix than the series.'
    );
  }
  const pixelsPerFrame = series.rows * series.columns;
  const planes = () => series.slices.map(() => new Uint8Array(pixelsPerFrame));
  const masks = { regions: planes(), infarct: planes() };
  const frames = framesOf(parsed, series);
  const packed = pixelDataOf(parsed, frames.length * pixelsPerFrame);
  frames.forEach(({ segment, slice }, frame) => {
    const infarctClass = infarctClassOfSegment(segment);
    const plane = infarctClass ? masks.infarct[slice] : masks.regions[slice];
    visitFramePixels(packed, frame, pixelsPerFrame, pixel => {
      plane[pixel] = infarctClass || segment;
    });
  });
  return { ...masks, sopInstanceUID: textValue(dataset, 'SOPInstanceUID') };
}

function framesOf({ dataset }: ParsedObject, series: ReportSeries): { segment: number; slice: number }[] {
  const names = series.slices.map(({ sopInstanceUID }) => sopInstanceUID);
  const indexOfSlice = new Map(names.map((name, index) => [name, index]));
  const instances = new Set(names.map(instanceOfFrame));
  const groups = items(dataset, 'PerFrameFunctionalGroupsSequence');
  if (groups.length === 0 || groups.length !== numberValue(dataset, 'NumberOfFrames')) {
    throw new StoredReportError('DAMAGED', 'The stored segmentation does not describe each of its frames.');
  }
  return groups.map(group => {
    const source = firstItem(firstItem(group, 'DerivationImageSequence'), 'SourceImageSequence');
    const name = sliceOfReference(source);
    const slice = instances.has(instanceOfFrame(name)) ? indexOfSlice.get(name) : sliceAt(group, series);
    const segment = numberValue(firstItem(group, 'SegmentIdentificationSequence'), 'ReferencedSegmentNumber');
    if (slice === undefined) {
      throw new StoredReportError(
        'OTHER_SERIES',
        'The stored segmentation refers to slices that are not in the series.'
      );
    }
    if (!isAt(group, series.slices[slice].position)) {
      throw new StoredReportError(
        'INCONSISTENT',
        'A frame of the stored segmentation lies elsewhere than the slice that it names.'
      );
    }
    if (!(segment >= 1 && segment <= LAST_SEGMENT)) {
      throw new StoredReportError('DAMAGED', `The stored segmentation has an unknown segment ${segment}.`);
    }
    return { segment, slice };
  });
}

function sliceAt(group: NaturalisedDataset, { slices }: ReportSeries): number | undefined {
  const index = slices.findIndex(({ position }) => isAt(group, position));
  return index < 0 ? undefined : index;
}

function isAt(group: NaturalisedDataset, position: Vec3): boolean {
  const written = textValue(firstItem(group, 'PlanePositionSequence'), 'ImagePositionPatient').split('\\');
  return position.every((value, axis) => Math.abs(Number(written[axis] || NaN) - value) < SAME_PLACE_MM);
}

function pixelDataOf({ pixelData }: ParsedObject, bits: number): Uint8Array {
  if (!pixelData || pixelData.length * 8 < bits) {
    throw new StoredReportError('DAMAGED', 'The stored segmentation has fewer pixels than it announces.');
  }
  return pixelData;
}

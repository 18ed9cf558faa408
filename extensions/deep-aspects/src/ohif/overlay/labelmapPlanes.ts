import { INFARCT_CLASS, INFARCT_CLASSES } from '@deep-aspects/aspects/scoring';
import { ctMetadataOf } from '../ctMetadata';
import type { Cornerstone, CornerstoneTools, DerivedImage } from '../host/cornerstone';

interface Libraries {
  readonly cornerstone: Cornerstone;
  readonly cornerstoneTools: CornerstoneTools;
}

/** Ids of the host's images that hold a labelmap's planes, be it drawn on stacks or as a volume. */
export function planeImageIds(
  { cornerstone, cornerstoneTools }: Libraries,
  segmentationId: string
): readonly string[] {
  const labelmap =
    cornerstoneTools.segmentation.state.getSegmentation(segmentationId)?.representationData.Labelmap;
  const ofVolume = labelmap?.volumeId ? cornerstone.cache.getVolume(labelmap.volumeId)?.imageIds : undefined;
  return labelmap?.imageIds ?? ofVolume ?? [];
}

/** The host's labelmap planes by the SOP Instance UID of the CT slice that each lies on. */
export function planesBySlice(libraries: Libraries, segmentationId: string): Map<string, DerivedImage> {
  const { cornerstone } = libraries;
  const planes = new Map<string, DerivedImage>();
  for (const imageId of planeImageIds(libraries, segmentationId)) {
    const image = cornerstone.cache.getImage(imageId);
    if (image?.referencedImageId) {
      planes.set(ctMetadataOf(cornerstone, image.referencedImageId).sopInstanceUID, image);
    }
  }
  return planes;
}

/** Pixels that are compared and written at once: a page of memory. */
const BLOCK = 4096;

/**
 * Writes one plane's values. What is as it should be is not written: planes are empty for the most part, and
 * a system gives memory to what is written only.
 */
export function writePlane(image: DerivedImage, values: Uint8Array): void {
  const data = image.voxelManager.getScalarData();
  for (let start = 0; start < values.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, values.length);
    if (differs(data, values, start, end)) {
      data.set(values.subarray(start, end), start);
    }
  }
  image.voxelManager.setScalarData?.(data);
}

function differs(some: Uint8Array, others: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (some[i] !== others[i]) {
      return true;
    }
  }
  return false;
}

/**
 * A copy of a plane of the infarct map; a value that is no class of it, drawn with another segment's number,
 * is acute infarct.
 */
export function readInfarctPlane(image: DerivedImage): Uint8Array {
  const drawn = image.voxelManager.getScalarData();
  const copy = new Uint8Array(drawn.length);
  for (let i = 0; i < drawn.length; i++) {
    if (drawn[i]) {
      copy[i] = drawn[i] <= INFARCT_CLASSES.length ? drawn[i] : INFARCT_CLASS.acute;
    }
  }
  return copy;
}

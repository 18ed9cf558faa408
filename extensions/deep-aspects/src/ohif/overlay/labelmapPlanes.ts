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

/** Writes one plane's values. */
export function writePlane(image: DerivedImage, values: Uint8Array): void {
  const data = image.voxelManager.getScalarData();
  data.set(values);
  image.voxelManager.setScalarData?.(data);
}

/**
 * A copy of a plane of the infarct map; a value that is no class of it, drawn with another segment's number,
 * is acute infarct.
 */
export function readInfarctPlane(image: DerivedImage): Uint8Array {
  const drawn = image.voxelManager.getScalarData();
  const copy = new Uint8Array(drawn.length);
  for (let i = 0; i < drawn.length; i++) {
    copy[i] = drawn[i] <= INFARCT_CLASSES.length ? drawn[i] : INFARCT_CLASS.acute;
  }
  return copy;
}

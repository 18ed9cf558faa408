import type { InstanceAttributes } from './host/instanceAttributes';
import { type CtInstanceMetadata, ctMetadataFrom, frameName } from '@deep-aspects/aspects/series';
import type { Cornerstone } from './host/cornerstone';

/** The frame in an image id: `.../frames/3` of DICOMweb, `...&frame=3` of others. */
const FRAME = /(?:\/frames\/|[?&]frame=)(\d+)/;

/**
 * The host's naturalised attributes of one image, as packages/aspects wants them. Absent ones stay undefined.
 */
export function ctMetadataOf(cornerstone: Cornerstone, imageId: string): CtInstanceMetadata {
  const attributes = (cornerstone.metaData.get('instance', imageId) ?? {}) as InstanceAttributes;
  const metadata = ctMetadataFrom(attributes, imageId);
  const frame = Number(FRAME.exec(imageId)?.[1]);
  // The host puts a frame's functional groups next to the attributes of its instance.
  return Number(attributes.NumberOfFrames) > 1 && frame > 0
    ? { ...metadata, sopInstanceUID: frameName(metadata.sopInstanceUID, frame), instanceNumber: frame }
    : metadata;
}

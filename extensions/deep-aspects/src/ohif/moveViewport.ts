import { cross, dot, length, normalise, scale, subtract, type Vec3 } from '@deep-aspects/aspects/series';
import { ctMetadataOf } from './ctMetadata';
import type { Cornerstone } from './host/cornerstone';
import type { HostViewport } from './host/services';

/** Planes at a smaller angle than this show the same slice; gantry tilts that matter are greater. */
const PARALLEL_COS = Math.cos((3 * Math.PI) / 180);

/**
 * Moves a viewport to a slice. A stack goes by the slice's index in its own order; a volume by the
 * slice's place in the patient, where it shows planes along the slices: sagittal and coronal planes stay
 * where they are.
 */
export async function moveViewportToSlice(
  cornerstone: Cornerstone,
  viewport: HostViewport,
  imageIds: readonly string[],
  sopInstanceUID: string
): Promise<void> {
  const imageIndex = imageIds.findIndex(
    imageId => ctMetadataOf(cornerstone, imageId).sopInstanceUID === sopInstanceUID
  );
  if (imageIndex < 0) {
    return;
  }
  if (viewport.type === 'stack') {
    await cornerstone.utilities.jumpToSlice(viewport.element, { imageIndex });
  } else {
    moveVolumeViewport(cornerstone, viewport, imageIds[imageIndex]);
  }
}

function moveVolumeViewport(cornerstone: Cornerstone, viewport: HostViewport, imageId: string): void {
  const { imagePositionPatient: point, imageOrientationPatient: o } = ctMetadataOf(cornerstone, imageId);
  const camera = viewport.getCamera();
  const { viewPlaneNormal, focalPoint, position } = camera;
  if (!point || !o || !viewPlaneNormal || !focalPoint || !position) {
    return;
  }
  const sliceNormal = normalise(cross([o[0], o[1], o[2]], [o[3], o[4], o[5]]));
  const normal = scale(viewPlaneNormal, 1 / length(viewPlaneNormal));
  if (Math.abs(dot(sliceNormal, normal)) < PARALLEL_COS) {
    return;
  }
  const step = scale(normal, dot(subtract(point, focalPoint), normal));
  viewport.setCamera({ focalPoint: add(focalPoint, step), position: add(position, step) });
  viewport.render();
}

function add(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

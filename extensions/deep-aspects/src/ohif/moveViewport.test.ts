import type { Vec3 } from '@deep-aspects/aspects/series';
import type { Cornerstone } from './host/cornerstone';
import type { HostCamera, HostViewport } from './host/services';
import { moveViewportToSlice } from './moveViewport';

const IMAGE_IDS = [0, 1, 2, 3].map(index => `image-${index}`);
const jumps: number[] = [];
/** Slices 5 mm apart; the viewport's own order is cranial first. */
const cornerstone = {
  metaData: {
    get: (_: string, imageId: string) => ({
      SOPInstanceUID: `1.2.${imageId.slice(-1)}`,
      ImagePositionPatient: [-100, -100, -5 * Number(imageId.slice(-1))],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    }),
  },
  utilities: {
    jumpToSlice: async (_: unknown, { imageIndex }: { imageIndex: number }) => jumps.push(imageIndex),
  },
} as unknown as Cornerstone;

function viewportOf(type: string, viewPlaneNormal: Vec3) {
  let camera: HostCamera = { viewPlaneNormal, focalPoint: [3, 4, 0], position: [3, 4, -500] };
  const viewport = {
    type,
    getCamera: () => camera,
    setCamera: (change: HostCamera) => (camera = { ...camera, ...change }),
    render: () => undefined,
  } as unknown as HostViewport;
  return { viewport, camera: () => camera };
}

beforeEach(() => jumps.splice(0));

it('moves a stack by the index in its own order', async () => {
  await moveViewportToSlice(cornerstone, viewportOf('stack', [0, 0, -1]).viewport, IMAGE_IDS, '1.2.2');
  expect(jumps).toEqual([2]);
});

it('moves a volume along its normal to the place of the slice, whatever the order', async () => {
  const { viewport, camera } = viewportOf('orthographic', [0, 0, -1]);
  await moveViewportToSlice(cornerstone, viewport, IMAGE_IDS, '1.2.2');
  expect(camera()).toMatchObject({ focalPoint: [3, 4, -10], position: [3, 4, -510] });
  expect(jumps).toEqual([]);
});

it('leaves sagittal and coronal planes where they are', async () => {
  for (const normal of [
    [1, 0, 0],
    [0, -1, 0],
  ] as const) {
    const { viewport, camera } = viewportOf('orthographic', normal);
    await moveViewportToSlice(cornerstone, viewport, IMAGE_IDS, '1.2.2');
    expect(camera().focalPoint).toEqual([3, 4, 0]);
  }
});

it('leaves a viewport that does not show the slice', async () => {
  await moveViewportToSlice(cornerstone, viewportOf('stack', [0, 0, -1]).viewport, IMAGE_IDS, '1.2.9');
  expect(jumps).toEqual([]);
});

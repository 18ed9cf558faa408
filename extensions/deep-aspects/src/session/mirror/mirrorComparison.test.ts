import { type ScoredSeries, scoreSeries } from '@deep-aspects/aspects/scoring';
import { buildHeadCtSeries, type HeadCtSeries } from '@deep-aspects/aspects/series';
import { fakeAnatomyNetwork, fakeInfarctNetwork, headPhantom } from '@deep-aspects/aspects/testing';
import { createSessionStore } from '../sessionStore';
import type { MirrorPicture } from '../state';
import { fakeDraft } from '../testing/fakeDraft';
import { FakeViewer } from '../testing/fakePorts';
import { MirrorComparison } from './mirrorComparison';

/** A head that is turned and shifted, with an infarct of M2 on the patient's left. */
const PHANTOM = {
  size: 110,
  pixelSpacingMm: 2.2,
  heightsMm: Array.from({ length: 14 }, (_, i) => -25 + 5 * i),
  infarcts: [{ side: 'left', region: 'M2' }] as const,
  yawDeg: -14,
  middle: [11, -9, 40] as const,
};

let series: HeadCtSeries;
let scored: ScoredSeries;

beforeAll(async () => {
  series = buildHeadCtSeries(headPhantom(PHANTOM));
  scored = await scoreSeries({
    series,
    anatomy: fakeAnatomyNetwork(),
    infarct: fakeInfarctNetwork(),
    runtime: { provider: 'cpu', adapter: 'test', precision: 'fp32' },
  });
}, 120_000);

function start() {
  const store = createSessionStore();
  const viewer = new FakeViewer();
  const draft = fakeDraft(scored.result);
  store.dispatch({ type: 'computationStarted' });
  store.dispatch({ type: 'computed', draft });
  const input = async () => ({ draft, series, regions: scored.regions, infarct: scored.infarct });
  const mirror = new MirrorComparison({ store, viewer, input });
  const picture = () => store.getSnapshot().mirror as MirrorPicture;
  return { mirror, viewer, picture };
}

/** Mean grey of the picture's rows at some mm right of its middle and behind it. */
function greyAt({ grey, size }: MirrorPicture, rightMm: number, behindMm: number): number {
  const [x, y] = [size / 2 + rightMm * 2, size / 2 + behindMm * 2].map(Math.round);
  let sum = 0;
  for (let row = y - 4; row <= y + 4; row++) {
    for (let column = x - 4; column <= x + 4; column++) {
      sum += grey[row * size + column] / 81;
    }
  }
  return sum;
}

const keySlice = () => {
  const region = scored.result.hemispheres.left.regions.find(({ id }) => id === 'M2');
  return region?.keySlice as string;
};

it('shows the active slice upright: the halves are alike but for the infarct, which is on the right of the picture', async () => {
  const { mirror, viewer, picture } = start();
  viewer.sliceShown = keySlice();
  await mirror.toggle();
  const shown = picture();
  expect(series.slices[shown.sliceNumber - 1].sopInstanceUID).toBe(keySlice());
  expect(shown.sliceName).toBe(`I: ${keySlice()}`);
  const difference = (rightMm: number, behindMm: number) =>
    greyAt(shown, rightMm, behindMm) - greyAt(shown, -rightMm, behindMm);
  // M2 lies 55 mm from the middle; the patient's left is on the right, as on the images.
  expect(difference(55, -5)).toBeLessThan(-60);
  for (const [right, behind] of [
    [15, -32],
    [26, -4],
    [35, 40],
    [30, -45],
  ]) {
    expect(Math.abs(difference(right, behind))).toBeLessThan(12);
  }
  // The skull, too, lies where its mirror image does: a line a millimetre off would show here first.
  const { grey, size } = shown;
  const row = grey.subarray((size / 2) * size, (size / 2 + 1) * size);
  const first = row.findIndex(value => value > 200);
  const last = row.length - 1 - [...row].reverse().findIndex(value => value > 200);
  expect(Math.abs(first + last - (size - 1))).toBeLessThanOrEqual(6);
});

it('goes through the slices and stops at the ends', async () => {
  const { mirror, viewer, picture } = start();
  viewer.sliceShown = series.slices[12].sopInstanceUID;
  await mirror.toggle();
  expect(picture()).toMatchObject({ sliceNumber: 13, sliceCount: 14 });
  await Promise.all([mirror.step(1), mirror.step(1), mirror.step(1)]);
  expect(picture().sliceNumber).toBe(14);
  await mirror.step(-1);
  expect(picture().sliceNumber).toBe(13);
});

it('has a stroke and a brain window', async () => {
  const { mirror, viewer, picture } = start();
  viewer.sliceShown = keySlice();
  await mirror.toggle();
  const stroke = picture();
  await mirror.setWindow('brain');
  expect(picture().window).toBe('brain');
  // Brain of 34 HU in windows from 20 to 60 and from 0 to 80 HU.
  expect(greyAt(stroke, 8, 30) / 255).toBeCloseTo(14 / 40, 1);
  expect(greyAt(picture(), 8, 30) / 255).toBeCloseTo(34 / 80, 1);
});

it('follows a region, and leaves the viewports where the reader was', async () => {
  const { mirror, viewer, picture } = start();
  await mirror.toggle();
  await mirror.showRegion({ side: 'left', region: 'M2' });
  expect(series.slices[picture().sliceNumber - 1].sopInstanceUID).toBe(keySlice());
  await mirror.toggle();
  expect(picture()).toBeNull();
  expect(viewer.jumps).toEqual([keySlice()]);
});

it('is not opened by a step or a region', async () => {
  const { mirror, picture } = start();
  await mirror.step(1);
  await mirror.showRegion({ side: 'left', region: 'M2' });
  expect(picture()).toBeNull();
});

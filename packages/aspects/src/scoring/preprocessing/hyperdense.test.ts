import { BRAIN_HU, headPhantom, type PhantomOptions } from '../../../testing/headPhantom';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import { findBrain } from './findBrain';
import { findHeadFrame } from './headFrame';
import { findHyperdenseBody, type HyperdenseBody } from './hyperdense';

type Point = readonly [left: number, posterior: number, up: number];

/** What is found in a head of grey and white matter of 34 to 40 HU where `paint` puts something else. */
function found(paint: (point: Point, hu: number) => number, options: PhantomOptions = {}): HyperdenseBody {
  const even = (hu: number): number => (hu > 15 && hu < 60 ? BRAIN_HU + (hu - BRAIN_HU) / 4 : hu);
  const painted = (at: Point, hu: number): number => (hu >= 0 && hu < 60 ? paint(at, even(hu)) : hu);
  const brain = findBrain(buildHeadCtSeries(headPhantom({ noiseHu: 2, ...options, paint: painted })));
  return findHyperdenseBody(brain, findHeadFrame(brain));
}

const inBox = (point: Point, middle: Point, half: Point): boolean =>
  point.every((at, k) => Math.abs(at - middle[k]) < half[k]);

describe('blood that is little denser than brain', () => {
  it('in a ventricle is found by its breadth, and where it is largest', () => {
    const { volumeMl, slice } = found((at, hu) => (inBox(at, [14, 0, 10], [6, 22, 13]) ? 52 : hu));
    expect(volumeMl).toBeGreaterThan(8);
    expect(volumeMl).toBeLessThan(14.5);
    // Slices lie 5 mm apart from z = -60 on; the body reaches from -3 to 23.
    expect(slice).toBeGreaterThanOrEqual(12);
    expect(slice).toBeLessThanOrEqual(16);
  });

  it('is not what folds of dura, dense nuclei, a calcified plexus or the bright brain near the vertex look like', () => {
    const none = { volumeMl: 0, slice: null };
    expect(found((at, hu) => (Math.abs(at[0]) < 1.5 && at[2] > 0 ? 52 : hu))).toMatchObject(none);
    expect(found((at, hu) => (inBox(at, [22, 0, 0], [5, 5, 6]) ? 52 : hu)).volumeMl).toBeLessThan(0.5);
    expect(found((at, hu) => (inBox(at, [14, 0, 10], [6, 22, 13]) ? 220 : hu))).toMatchObject(none);
    expect(found((at, hu) => hu + 20 * Math.max(0, (at[2] - 10) / 40)).volumeMl).toBeLessThan(0.5);
  });
});

it('dense blood is found although it is small', () => {
  const { volumeMl } = found((at, hu) => (inBox(at, [22, 0, 0], [6, 6, 8]) ? 68 : hu));
  expect(volumeMl).toBeGreaterThan(1.2);
  expect(volumeMl).toBeLessThan(3);
});

describe('what lies on both sides, or in the middle', () => {
  const TURNED: PhantomOptions = { yawDeg: 12, rollDeg: 7 };
  const nuclei = (sides: readonly number[], half: Point) => (at: Point, hu: number) =>
    sides.some(side => inBox(at, [side * 22, -4, 2], half)) ? 66 : hu;
  const NUCLEUS: Point = [5, 8, 8];

  it.each([
    ['straight', {}],
    ['turned and rolled', TURNED],
  ])('is a calcified nucleus or plexus, while one side alone is blood: a head %s', (_, options) => {
    expect(found(nuclei([1, -1], NUCLEUS), options).volumeMl).toBeLessThan(0.5);
    for (const side of [1, -1]) {
      const { volumeMl } = found(nuclei([side], NUCLEUS), options);
      expect(volumeMl).toBeGreaterThan(2);
      expect(volumeMl).toBeLessThan(4.5);
    }
  });

  it('is a vein or a fold of dura', () => {
    const fold = (at: Point, hu: number) => (inBox(at, [0, 20, 10], [4, 16, 6]) ? 62 : hu);
    expect(found(fold).volumeMl).toBeLessThan(0.5);
  });

  it('is blood all the same where it is larger than these', () => {
    expect(found(nuclei([1, -1], [8, 14, 11])).volumeMl).toBeGreaterThan(4.5);
  });
});

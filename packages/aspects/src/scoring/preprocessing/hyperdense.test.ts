import { BRAIN_HU, headPhantom } from '../../../testing/headPhantom';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import { findBrain } from './findBrain';
import { findHyperdenseBody, type HyperdenseBody } from './hyperdense';

type Point = readonly [left: number, posterior: number, up: number];

/** What is found in a head of grey and white matter of 34 to 40 HU where `paint` puts something else. */
function found(paint: (point: Point, hu: number) => number): HyperdenseBody {
  const brain = (hu: number): number => (hu > 15 && hu < 60 ? BRAIN_HU + (hu - BRAIN_HU) / 4 : hu);
  const painted = (at: Point, hu: number): number => (hu >= 0 && hu < 60 ? paint(at, brain(hu)) : hu);
  return findHyperdenseBody(findBrain(buildHeadCtSeries(headPhantom({ noiseHu: 2, paint: painted }))));
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
    expect(found((at, hu) => (inBox(at, [22, 0, 0], [5, 5, 6]) ? 52 : hu))).toMatchObject(none);
    expect(found((at, hu) => (inBox(at, [14, 0, 10], [6, 22, 13]) ? 220 : hu))).toMatchObject(none);
    expect(found((at, hu) => hu + 20 * Math.max(0, (at[2] - 10) / 40)).volumeMl).toBeLessThan(0.5);
  });
});

it('dense blood is found although it is small', () => {
  const { volumeMl } = found((at, hu) => (inBox(at, [22, 0, 0], [6, 6, 8]) ? 68 : hu));
  expect(volumeMl).toBeGreaterThan(1.2);
  expect(volumeMl).toBeLessThan(3);
});

import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import type { HeadCtSeries, Vec3 } from '../../series/headCtSeries';
import { headPhantom, INNER_SKULL_MM, type PhantomOptions } from '../../../testing/headPhantom';
import { refusalOf } from '../../../testing/refusalOf';
import { findBrain } from './findBrain';

const COARSE: PhantomOptions = {
  size: 80,
  pixelSpacingMm: 3,
  noiseHu: 4,
  heightsMm: Array.from({ length: 15 }, (_, i) => -42 + 6 * i),
};
const phantom = (options: PhantomOptions = {}): HeadCtSeries =>
  buildHeadCtSeries(headPhantom({ ...COARSE, ...options }));
const inside = ([x, y, z]: Vec3): boolean =>
  Math.hypot(x / INNER_SKULL_MM[0], y / INNER_SKULL_MM[1], z / INNER_SKULL_MM[2]) < 1;
const verdict = (series: HeadCtSeries): string | undefined => refusalOf(() => findBrain(series))?.code;

describe('a brain', () => {
  test('is found on the slices that hold it', () => {
    const series = phantom({ heightsMm: Array.from({ length: 17 }, (_, i) => -80 + 10 * i) });
    const { slices, evidence } = findBrain(series);
    const heights = slices.map(slice => series.planeOffsetsMm[slice]);
    expect([heights[0], heights[heights.length - 1]]).toEqual([-60, 60]);
    expect(evidence.largestAreaCm2).toBeGreaterThan(150);
  });

  test.each([-8, 8])('is found with a calibration that is off by %d HU', offset => {
    expect(
      verdict(phantom({ paint: (_, hu) => (hu > -500 && hu < 500 ? hu + offset : hu) }))
    ).toBeUndefined();
  });

  test('is found with a bone flap missing', () => {
    const flap = ([x, y, z]: Vec3): boolean => x > 30 && Math.abs(y) < 25 && z > 0 && z < 40;
    const { slices } = findBrain(phantom({ paint: (point, hu) => (hu > 300 && flap(point) ? 30 : hu) }));
    expect(slices).toHaveLength(15);
  });

  test('is found whole after a hemicraniectomy', () => {
    const flap = ([x, y, z]: Vec3): boolean => x > 12 && Math.abs(y) < 62 && z > -25 && z < 62;
    const options = { heightsMm: Array.from({ length: 17 }, (_, i) => -80 + 10 * i) };
    const open = findBrain(
      phantom({ ...options, paint: (point, hu) => (hu > 300 && flap(point) ? 60 : hu) })
    );
    const closed = findBrain(phantom(options));
    expect([closed.openSkull, open.openSkull]).toEqual([false, true]);
    expect(open.slices).toEqual(closed.slices);
    const vault = closed.areasCm2.flatMap((area, z) => (area > 100 ? [z] : []));
    expect(vault.length).toBeGreaterThan(6);
    vault.forEach(z => expect(open.areasCm2[z]).toBeGreaterThan(0.9 * closed.areasCm2[z]));
    expect(open.evidence.largestAreaCm2).toBeLessThan(1.15 * closed.evidence.largestAreaCm2);
  });

  test('is found on two slices', () => expect(verdict(phantom({ heightsMm: [0, 25] }))).toBeUndefined());
});

describe('no brain', () => {
  test('a skull full of water, or of a gel with the attenuation of brain', () => {
    expect(verdict(phantom({ paint: (point, hu) => (inside(point) ? 0 : hu) }))).toBe('NO_BRAIN');
    expect(verdict(phantom({ paint: (point, hu) => (inside(point) ? 34 : hu) }))).toBe('NO_BRAIN');
  });

  test('a gel with cupping', () => {
    const cupped = (point: Vec3, hu: number): number =>
      inside(point)
        ? 34 + 8 * Math.hypot(point[0] / INNER_SKULL_MM[0], point[1] / INNER_SKULL_MM[1]) ** 2
        : hu;
    expect(verdict(phantom({ paint: cupped }))).toBe('NO_BRAIN');
  });

  test('a water cylinder without bone', () => {
    const cylinder = ([x, y]: Vec3): number => (Math.hypot(x, y) < 90 ? 0 : -1000);
    expect(verdict(phantom({ paint: cylinder }))).toBe('NO_BRAIN');
  });

  test('an abdomen: soft organs and fat, bone only in the spine and the ribs', () => {
    const body = ([x, y]: Vec3): number => {
      const wall = Math.hypot(x / 110, y / 80);
      if (wall > 1) {
        return -1000;
      }
      if (Math.hypot(x, y - 50) < 18) {
        return 500;
      }
      const rib = wall > 0.93 && Math.floor(Math.atan2(y, x) * 6) % 3 === 0;
      return rib ? 400 : wall > 0.85 ? -100 : Math.hypot((x - 40) / 45, y / 40) < 1 ? 58 : 15;
    };
    expect(verdict(phantom({ paint: body }))).toBe('NO_BRAIN');
  });

  test('a pelvis: enclosed by bone, but with fat', () => {
    const pelvis = ([x, y]: Vec3): number => {
      const wall = Math.hypot(x / 90, y / 75);
      return wall > 1.15
        ? -1000
        : wall > 1
          ? 60
          : wall > 0.93
            ? 600
            : Math.sin(x / 9) + Math.sin(y / 9) > 0.4
              ? -100
              : 45;
    };
    expect(verdict(phantom({ paint: pelvis }))).toBe('NO_BRAIN');
  });

  test('a neck: nothing enclosed that is large enough', () => {
    const neck = ([x, y]: Vec3): number => {
      const spine = Math.hypot(x, y - 10);
      return Math.hypot(x / 60, y / 55) > 1 ? -1000 : spine < 22 && spine > 9 ? 700 : spine <= 9 ? 25 : 55;
    };
    expect(verdict(phantom({ paint: neck }))).toBe('NO_BRAIN');
  });

  test('the refusal says what it saw', () => {
    const refusal = refusalOf(() => findBrain(phantom({ paint: (point, hu) => (inside(point) ? 0 : hu) })));
    expect(refusal?.message).toMatch(/median of 0 HU.*Choose a head CT/);
    expect(refusal?.details).toMatchObject({ medianHu: expect.any(Number), structureHu: expect.any(Number) });
  });
});

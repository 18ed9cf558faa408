import { headPhantom, type PhantomOptions } from '../../../testing/headPhantom';
import { refusalOf } from '../../../testing/refusalOf';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import type { HeadCtSeries, Vec3 } from '../../series/headCtSeries';
import { checkHead } from './checkHead';
import { checkHoles } from './checkHoles';
import { findBrain } from './findBrain';
import { headAir } from './headAir';
import { findHeadFrame } from './headFrame';

const every10mm = (from: number, to: number): number[] =>
  Array.from({ length: (to - from) / 10 + 1 }, (_, i) => from + 10 * i);
const SMALL: PhantomOptions = { size: 84, pixelSpacingMm: 3, heightsMm: every10mm(-60, 60) };
const AIR = -1000;

const within = ([x, y, z]: Vec3, [a, b, c]: Vec3, mm: number): boolean =>
  Math.hypot(x - a, y - b, z - c) < mm;
/** A face before and below the brain, with sinuses; the phantom itself has none. */
const face = (sinus: Vec3, mm: number) => (point: Vec3, hu: number) => {
  if (within(point, sinus, mm)) {
    return AIR;
  }
  const [x, y, z] = point;
  return hu < -900 && Math.abs(x) < 40 && Math.abs(y) < 115 && Math.abs(z) < 95 && y * sinus[1] > 0 ? 40 : hu;
};
const SINUSES = face([0, -82, -46], 20);

const series = (options: PhantomOptions = {}): HeadCtSeries =>
  buildHeadCtSeries(headPhantom({ ...SMALL, ...options }));
const check = (of: HeadCtSeries): string[] => {
  const brain = findBrain(of);
  const frame = findHeadFrame(brain);
  return checkHead(brain, frame, headAir(brain, frame)).map(({ code }) => code);
};
const verdict = (options: PhantomOptions): string | undefined =>
  refusalOf(() => check(series({ paint: SINUSES, ...options })))?.code;

describe('a head that lies otherwise than its header says', () => {
  test.each<readonly [string, PhantomOptions]>([
    ['prone entered as supine', { yawDeg: 180 }],
    ['prone and turned', { yawDeg: 160 }],
    ['feet first entered as head first', { rollDeg: 180 }],
    ['both', { pitchDeg: 180 }],
    ['on its side', { yawDeg: 90 }],
    ['on its other side', { yawDeg: -75 }],
  ])('%s: UPSIDE_DOWN', (_, options) => expect(verdict(options)).toBe('UPSIDE_DOWN'));

  test.each<readonly [string, PhantomOptions]>([
    ['straight', {}],
    ['turned, rolled and pitched', { yawDeg: 30, rollDeg: 8, pitchDeg: -15 }],
    ['a tilted gantry', { tiltDeg: -20 }],
    ['feet first, truly', { rowDirection: [-1, 0, 0], columnDirection: [0, 1, 0] }],
    ['prone, truly', { rowDirection: [-1, 0, 0], columnDirection: [0, -1, 0] }],
    ['without a face', { paint: undefined }],
    ['the upper half alone', { heightsMm: every10mm(0, 60) }],
    ['the brain alone', { paint: undefined, heightsMm: every10mm(-40, 50) }],
  ])('%s: no doubt', (_, options) => {
    expect(check(series({ paint: SINUSES, ...options }))).toEqual([]);
  });

  test('a little air in the wrong place is a doubt and no proof', () => {
    expect(check(series({ paint: face([0, 82, -46], 13) }))).toEqual(['LOW_CONFIDENCE']);
  });

  test('air left at the vertex after surgery does not turn the head', () => {
    const opened = (point: Vec3, hu: number): number =>
      within(point, [0, -30, 48], 17) ? AIR : SINUSES(point, hu);
    expect(check(series({ paint: opened }))).not.toContain('UPSIDE_DOWN');
  });
});

describe('a strap or a shell of 4 mm that closes in air round the head', () => {
  const FINE: PhantomOptions = { size: 126, pixelSpacingMm: 2 };
  const OUTER_MM: readonly [number, number] = [78, 96];
  /** In 18 mm from the head where `isThere`, and from there to the head along the lines where `isSpoke`. */
  const strap =
    (isThere: (point: Vec3) => boolean, isSpoke: (point: Vec3) => boolean) => (point: Vec3, hu: number) => {
      const [x, y, z] = point;
      const mm = Math.hypot(x / (OUTER_MM[0] + 18), y / (OUTER_MM[1] + 18)) * 105 - 105;
      const isStrap =
        Math.abs(z) < 65 && ((isThere(point) && Math.abs(mm) < 2) || (isSpoke(point) && mm < 2));
      return hu < -900 && isStrap ? 60 : SINUSES(point, hu);
    };
  const behind = strap(
    ([, y]) => y > -22,
    ([, y]) => Math.abs(y + 20) < 2
  );
  const beside = strap(
    ([x]) => x > 18,
    ([x]) => Math.abs(x - 20) < 2
  );
  const around = strap(
    () => true,
    ([x]) => Math.abs(x) < 2
  );

  test.each([
    ['behind the head', behind],
    ['at its left', beside],
    ['around it', around],
  ])('%s: no doubt', (_, paint) => expect(check(series({ ...FINE, paint }))).toEqual([]));

  test('hides no head that is turned', () =>
    expect(verdict({ ...FINE, paint: behind, yawDeg: 180 })).toBe('UPSIDE_DOWN'));
});

describe('sizes that no brain has', () => {
  const scaled = (of: HeadCtSeries, inPlane: number, across: number): HeadCtSeries => ({
    ...of,
    pixelSpacingMm: [of.pixelSpacingMm[0] * inPlane, of.pixelSpacingMm[1] * inPlane],
    planeOffsetsMm: of.planeOffsetsMm.map(offset => offset * across),
    sliceExtentsMm: of.sliceExtentsMm.map(extent => extent * across),
    slices: of.slices.map(slice => ({
      ...slice,
      position: slice.position.map((value, k) => value * (k < 2 ? inPlane : across)) as never,
    })),
  });
  const heightsMm = every10mm(-80, 80);

  test.each([
    ['pixel spacing halved', 0.5, 1],
    ['distances doubled', 1, 2],
    ['distances a third', 1, 1 / 3],
  ])('%s: IMPLAUSIBLE_GEOMETRY', (_, inPlane, across) => {
    const wrong = scaled(series({ heightsMm }), inPlane, across);
    expect(refusalOf(() => check(wrong))?.code).toBe('IMPLAUSIBLE_GEOMETRY');
  });

  test('a large head passes', () => {
    expect(check(scaled(series({ heightsMm }), 1.1, 1.1))).toEqual([]);
  });

  test.each([
    ['an infant, or a spacing of three quarters', 0.72, 0.72],
    ['pixel spacing of three quarters', 0.75, 1],
    ['pixel spacing a quarter too large', 1.25, 1],
    ['distances of two thirds', 1, 0.66],
    ['distances a third too large', 1, 1.33],
  ])('%s: scored with a doubt', (_, inPlane, across) => {
    expect(check(scaled(series({ heightsMm }), inPlane, across))).toEqual(['LOW_CONFIDENCE']);
  });
});

test.each([-19, -16, 12])('a calibration that is off by %s HU is warned about', offset => {
  const off = series({ paint: (point, hu) => SINUSES(point, hu) + (hu > -900 ? offset : 0) });
  expect(check(off)).toEqual(['LOW_CONFIDENCE']);
});

describe('holes in the brain', () => {
  const holed = (lost: (point: Vec3) => boolean): HeadCtSeries =>
    series({ paint: (point, hu) => (lost(point) ? -3000 : hu) });
  const code = (of: HeadCtSeries): string | undefined => refusalOf(() => checkHoles(of, findBrain(of)))?.code;

  test.each<readonly [string, (point: Vec3) => boolean]>([
    ['the left half', ([x]) => x > 4],
    ['a block', ([x, y, z]) => Math.abs(x - 20) < 14 && Math.abs(y) < 20 && z > 0 && z < 20],
    ['a strip of rows', ([, y]) => Math.abs(y - 30) < 6],
  ])('%s without data: CORRUPT_PIXELS', (_, lost) => {
    const inSkull = (point: Vec3): boolean => lost(point) && Math.abs(point[0]) < 50;
    expect(code(holed(inSkull))).toBe('CORRUPT_PIXELS');
  });

  const block = ([x, y, z]: Vec3): boolean => Math.abs(x - 24) < 16 && Math.abs(y) < 20 && z > 0 && z < 20;
  const everyFourthRow = ([, y]: Vec3): boolean => Math.round(y / 3) % 4 === 0;
  const oneColumn = ([x]: Vec3): boolean => Math.round(x / 3) === 5;
  /** Noise everywhere but where a value was written over it. */
  const overwritten = (value: number, where: (point: Vec3) => boolean): HeadCtSeries => {
    const marks = headPhantom({ ...SMALL, paint: (point, hu) => (where(point) ? 7000 : hu) });
    return buildHeadCtSeries(
      headPhantom({ ...SMALL, noiseHu: 4 }).map((instance, i) => {
        const marked = marks[i].readHu();
        return {
          ...instance,
          readHu: () =>
            Float32Array.from(instance.readHu(), (hu, pixel) => (marked[pixel] === 7000 ? value : hu)),
        };
      })
    );
  };
  const doubts = (of: HeadCtSeries): string =>
    checkHoles(of, findBrain(of))
      .map(({ message }) => message)
      .join();

  test.each<readonly [number, string, (point: Vec3) => boolean]>([
    [0, 'a block', block],
    [-1000, 'a block', block],
    [0, 'every fourth row', everyFourthRow],
    [-1000, 'one column', oneColumn],
    [0, 'one column', oneColumn],
  ])('%s HU amid noise in %s: CORRUPT_PIXELS', (value, _, where) => {
    expect(code(overwritten(value, where))).toBe('CORRUPT_PIXELS');
  });

  test.each<readonly [number, string, (point: Vec3) => boolean]>([
    [18, 'a block, as oedema', block],
    [40, 'a block, as brain', block],
    [70, 'a block, as blood', block],
    [40, 'one column', oneColumn],
  ])('%s HU amid noise in %s: may have been painted, and is told', (value, _, where) => {
    expect(doubts(overwritten(value, where))).toContain('one single value, without noise');
  });

  test('noise without a hole is no doubt', () => {
    expect(doubts(overwritten(0, () => false))).toBe('');
  });

  test('no data around the head, and air in it, are no holes', () => {
    expect(code(holed(point => Math.hypot(point[0], point[1]) > 110))).toBeUndefined();
    expect(
      code(series({ paint: (point, hu) => (within(point, [0, -40, 20], 12) ? AIR : hu) }))
    ).toBeUndefined();
  });

  /**
   * The phantom moved within its images by whole pixels of 3 mm; scanners fill what lies beyond their round
   * field of view with air, or with padding.
   */
  const moved = (right: number, down: number, beyondCircle?: number): HeadCtSeries => {
    const size = 84;
    const middle = (size - 1) / 2;
    return buildHeadCtSeries(
      headPhantom({ ...SMALL, noiseHu: 4 }).map(instance => ({
        ...instance,
        readHu: () => {
          const hu = instance.readHu();
          return Float32Array.from(hu, (_, i) => {
            const [row, column] = [Math.floor(i / size), i % size];
            if (beyondCircle !== undefined && Math.hypot(row - middle, column - middle) > size / 2) {
              return beyondCircle;
            }
            const [y, x] = [row - down, column - right];
            return x >= 0 && x < size && y >= 0 && y < size ? hu[y * size + x] : AIR;
          });
        },
      }))
    );
  };
  const BEYOND = 'the brain goes on beyond the image';

  test.each<readonly [string, number, number, number | undefined]>([
    ['forehead, by a circle of air', 0, -20, AIR],
    ['forehead, by a circle of padding', 0, -20, -3000],
    ['left side, by a circle of air', 26, 0, AIR],
    ['forehead, by the image', 0, -20, undefined],
    ['occiput, by the image', 0, 20, undefined],
    ['right side, by the image', -26, 0, undefined],
  ])('a head cut off at its %s: told, and no hole', (_, right, down, beyondCircle) => {
    expect(doubts(moved(right, down, beyondCircle))).toContain(BEYOND);
  });

  test.each([
    [0, -9],
    [0, 9],
    [15, 0],
  ])('a head that just fits into the field of view is no doubt', (right, down) => {
    expect(doubts(moved(right, down, AIR))).toBe('');
  });

  test('a hole that reaches the edge of the image is a hole all the same', () => {
    const rows = ([x, y]: Vec3): boolean => y > 10 && Math.abs(x) < 60;
    expect(code(holed(rows))).toBe('CORRUPT_PIXELS');
  });
});

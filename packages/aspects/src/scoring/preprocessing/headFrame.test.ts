import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import type { Vec3 } from '../../series/headCtSeries';
import { headPhantom, type PhantomOptions } from '../../../testing/headPhantom';
import { findBrain } from './findBrain';
import { findHeadFrame, frameMiddle } from './headFrame';

const RADIANS = Math.PI / 180;
const COARSE: PhantomOptions = { size: 110, pixelSpacingMm: 2.2 };

/** Where the mid-sagittal plane of a turned and rolled, untilted phantom really lies. */
function truth({ yawDeg = 0, rollDeg = 0, middle = [0, 0, 0] }: PhantomOptions): {
  angleDeg: number;
  across: (planeOffsetMm: number) => number;
} {
  const [cosRoll, sinRoll] = [Math.cos(rollDeg * RADIANS), Math.sin(rollDeg * RADIANS)];
  const towardsLeft: Vec3 = [
    Math.cos(yawDeg * RADIANS) * cosRoll,
    Math.sin(yawDeg * RADIANS) * cosRoll,
    -sinRoll,
  ];
  const flat = Math.hypot(towardsLeft[0], towardsLeft[1]);
  const distance = towardsLeft.reduce((sum, value, k) => sum + value * middle[k], 0);
  return {
    angleDeg: Math.atan2(towardsLeft[1], towardsLeft[0]) / RADIANS,
    across: offset => (distance - towardsLeft[2] * offset) / flat,
  };
}

function expectFound(options: PhantomOptions, tolerance = { deg: 1, mm: 1.5 }): void {
  const frame = findHeadFrame(findBrain(buildHeadCtSeries(headPhantom({ ...COARSE, ...options }))));
  const { angleDeg, across } = truth(options);
  expect(Math.abs(frame.angleRad / RADIANS - angleDeg)).toBeLessThan(tolerance.deg);
  const height = options.middle?.[2] ?? 0;
  for (const offset of [height - 25, height, height + 25]) {
    expect(Math.abs(frameMiddle(frame, offset).across - across(offset))).toBeLessThan(tolerance.mm);
  }
}

const lesion = ([x, y, z]: Vec3): boolean => Math.hypot((x - 40) / 24, (y - 10) / 30, (z - 15) / 25) < 1;

describe('the mid-sagittal plane is found', () => {
  test.each<readonly [string, PhantomOptions]>([
    ['of a straight head', {}],
    ['of a head that is shifted in the field of view', { middle: [17, -22, 0] }],
    ['of a turned head', { yawDeg: -27 }],
    ['of a rolled head', { rollDeg: 9 }],
    [
      'of a head turned, rolled, nodding and shifted at once',
      { yawDeg: 14, rollDeg: -7, pitchDeg: 12, middle: [5, 9, 400] },
    ],
    ['with a large infarct on one side', { yawDeg: 8, rollDeg: 4, infarctAt: lesion }],
    ['in noise', { yawDeg: -9, rollDeg: 5, noiseHu: 8 }],
    ['in rows that run from left to right', { yawDeg: 11, rollDeg: 3, rowDirection: [-1, 0, 0] }],
    ['of a prone patient', { yawDeg: 11, rollDeg: 3, rowDirection: [-1, 0, 0], columnDirection: [0, -1, 0] }],
    ['in images turned by a quarter', { yawDeg: 6, rowDirection: [0, 1, 0], columnDirection: [-1, 0, 0] }],
    [
      'on uneven slices',
      { yawDeg: 6, rollDeg: -5, heightsMm: [-40, -36, -32, -28, -24, -17, -10, -3, 4, 11, 18, 25, 32, 39] },
    ],
    [
      'on 1.5 mm slices',
      { yawDeg: 6, rollDeg: -5, heightsMm: Array.from({ length: 60 }, (_, i) => -30 + 1.5 * i) },
    ],
  ])('%s', (_, options) => expectFound(options));

  test('where the image cuts off part of the head', () => {
    expectFound({ yawDeg: 5, middle: [45, 0, 0], size: 120 }, { deg: 2.5, mm: 3 });
  });

  test('where a bone flap is missing', () => {
    const flap = ([x, y, z]: Vec3): boolean => x > 30 && Math.abs(y) < 25 && z > 0 && z < 40;
    expectFound(
      { yawDeg: -6, rollDeg: 4, paint: (point, hu) => (hu > 300 && flap(point) ? 40 : hu) },
      { deg: 2, mm: 2.5 }
    );
  });

  test('after a hemicraniectomy', () => {
    const flap = ([x, y, z]: Vec3): boolean => x > 12 && Math.abs(y) < 62 && z > -25 && z < 62;
    expectFound(
      { yawDeg: -6, rollDeg: 4, paint: (point, hu) => (hu > 300 && flap(point) ? 60 : hu) },
      { deg: 2, mm: 3 }
    );
  });

  test('on two slices, without roll', () => {
    expectFound({ yawDeg: 10, heightsMm: [5, 25] }, { deg: 1.5, mm: 2 });
  });
});

test('with a tilted gantry the middle of the head stays in the middle of the grid, front to back too', () => {
  const series = buildHeadCtSeries(headPhantom({ ...COARSE, tiltDeg: 17, middle: [4, 30, 0] }));
  const frame = findHeadFrame(findBrain(series));
  expect(Math.abs(frame.angleRad / RADIANS)).toBeLessThan(0.7);
  const middle = frameMiddle(frame, 30 * series.normal[1]);
  expect(Math.abs(middle.across - 4)).toBeLessThan(1);
  expect(Math.abs(middle.along - 30 * series.normal[2])).toBeLessThan(3);
});

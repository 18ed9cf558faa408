import { headPhantom } from '../../../testing/headPhantom';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import type { HeadCtSeries, QualityWarning, Vec3 } from '../../series/headCtSeries';
import { INFARCT_CLASS } from '../aspects/infarctClasses';
import { findBrain } from '../preprocessing/findBrain';
import { findHeadFrame } from '../preprocessing/headFrame';
import { massEffectWarning, measureFluidSpaces } from './massEffect';

// Phantoms are painted pixel by pixel; a busy machine takes its time.
jest.setTimeout(240_000);

/** Centre of each ventricle (mm from the middle, positive to the left) and its half width. */
type Ventricles = readonly (readonly [acrossMm: number, halfWidthMm: number])[];

const STRAIGHT: Ventricles = [
  [10, 7],
  [-10, 7],
];
/** The left one squeezed, both pushed to the right; and its mirror image. */
const PUSHED_RIGHT: Ventricles = [
  [1, 3],
  [-17, 9],
];
const mirrored = (ventricles: Ventricles): Ventricles => ventricles.map(([across, half]) => [-across, half]);
const WIDE_LEFT: Ventricles = [
  [14, 12],
  [-8, 5],
];

interface HeadOptions {
  readonly yawDeg?: number;
  readonly columnDirection?: Vec3;
  /** Middle (mm to the left) and attenuation of oedema 20 mm about it. */
  readonly oedema?: readonly (readonly [acrossMm: number, hu: number])[];
}

function headWith(ventricles: Ventricles, { oedema = [], ...options }: HeadOptions = {}) {
  const isFluid = ([x, y, z]: Vec3): boolean =>
    ventricles.some(([across, half]) => Math.hypot((x - across) / half, (y + 2) / 26, (z - 12) / 18) < 1);
  const oedemaAt = ([x, y, z]: Vec3): number | undefined =>
    oedema.find(([across]) => Math.hypot(x - across, y + 5, z - 8) < 22)?.[1];
  const paint = (point: Vec3, hu: number): number =>
    hu > 200 || hu < -500 ? hu : isFluid(point) ? 4 : (oedemaAt(point) ?? (hu < 15 ? 34 : hu));
  const heightsMm = Array.from({ length: 9 }, (_, i) => -24 + 8 * i);
  return buildHeadCtSeries(headPhantom({ size: 100, pixelSpacingMm: 2, heightsMm, paint, ...options }));
}

/** Acute change next to the ventricles of one side, as a mask; 50 ml or so. */
function changeOn(side: 'left' | 'right' | 'none', { slices, columns, rows }: HeadCtSeries): Uint8Array[] {
  const centre = side === 'left' ? 42 : -42;
  return slices.map(({ position: [x0, y0] }) =>
    Uint8Array.from({ length: rows * columns }, (_, i) =>
      side !== 'none' && Math.hypot(x0 + 2 * (i % columns) - centre, y0 + 2 * Math.floor(i / columns)) < 18
        ? INFARCT_CLASS.acute
        : 0
    )
  );
}

function warningOf(series: HeadCtSeries, infarct: readonly Uint8Array[]): QualityWarning | undefined {
  const brain = findBrain(series);
  return massEffectWarning(measureFluidSpaces(series, brain, findHeadFrame(brain), infarct));
}

test.each([
  ['left', 'right', PUSHED_RIGHT, {}],
  ['right', 'left', mirrored(PUSHED_RIGHT), {}],
  ['left', 'right', PUSHED_RIGHT, { yawDeg: 8 }],
] as const)(
  'change on the %s that pushes the ventricles to the %s is told',
  (side, other, ventricles, turn) => {
    const series = headWith(ventricles, turn);
    const warning = warningOf(series, changeOn(side, series));
    expect(warning?.code).toBe('LOW_CONFIDENCE');
    expect(warning?.message).toMatch(
      new RegExp(`towards the ${other}, away from \\d\\d ml of change on the ${side}`)
    );
  }
);

test.each([
  ['a large infarct that pushes nothing', STRAIGHT, 'left'],
  ['no ventricle to be seen', [], 'left'],
  ['a ventricle wide next to its old defect, and change there', WIDE_LEFT, 'left'],
  ['one ventricle wider by nature, nothing else', WIDE_LEFT, 'none'],
  [
    'wide ventricles of an atrophic brain',
    [
      [15, 13],
      [-15, 13],
    ],
    'right',
  ],
] as const)('%s is no mass effect', (_, ventricles, side) => {
  const series = headWith(ventricles);
  expect(warningOf(series, changeOn(side, series))).toBeUndefined();
});

describe('where the networks drew nothing', () => {
  test.each([
    ['left', 'right', PUSHED_RIGHT, { oedema: [[34, 22]] }],
    ['right', 'left', mirrored(PUSHED_RIGHT), { oedema: [[-34, 22]] }],
    ['left', 'right', PUSHED_RIGHT, { oedema: [[34, 24]], yawDeg: 8 }],
  ] as const)(
    'oedema on the %s that pushes the ventricles to the %s is told',
    (side, other, ventricles, options) => {
      const series = headWith(ventricles, options);
      const warning = warningOf(series, changeOn('none', series));
      expect(warning?.code).toBe('LOW_CONFIDENCE');
      expect(warning?.message).toMatch(
        new RegExp(`towards the ${other}, away from \\d\\d ml of dark brain \\(oedema\\?\\) on the ${side}`)
      );
    }
  );

  test.each([
    ['dark brain that pushes nothing', STRAIGHT, [[34, 22]]],
    ['ventricles off the middle next to brain that is not dark', PUSHED_RIGHT, []],
    ['dark brain on the side to which they lie', PUSHED_RIGHT, [[-38, 22]]],
    [
      'dark brain on both sides',
      PUSHED_RIGHT,
      [
        [34, 22],
        [-38, 22],
      ],
    ],
  ] as const)('%s is no mass effect', (_, ventricles, oedema) => {
    const series = headWith(ventricles, { oedema });
    expect(warningOf(series, changeOn('none', series))).toBeUndefined();
  });
});

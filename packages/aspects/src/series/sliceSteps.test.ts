import { headPhantom, type PhantomOptions } from '../../testing/headPhantom';
import { refusalOf } from '../../testing/refusalOf';
import { buildHeadCtSeries } from './buildHeadCtSeries';
import type { CtInstance } from './ctInstance';

const SIZE = 64;
const changed = (
  instances: readonly CtInstance[],
  wanted: (i: number) => boolean,
  change: (hu: Float32Array) => ArrayLike<number>
): CtInstance[] =>
  instances.map((instance, i) =>
    wanted(i)
      ? { ...instance, readHu: () => Float32Array.from(change(Float32Array.from(instance.readHu()))) }
      : instance
  );
const moved =
  (source: (row: number, column: number) => readonly [number, number]) =>
  (hu: Float32Array): Float32Array =>
    hu.map((_, pixel) => {
      const [row, column] = source(Math.floor(pixel / SIZE), pixel % SIZE).map(Math.round);
      return row >= 0 && row < SIZE && column >= 0 && column < SIZE ? hu[row * SIZE + column] : -1000;
    });

/**
 * A head as heads lie: a little turned, off the middle, thicker at one side of its front. Mirrored it is
 * another picture.
 */
const scan = (options: PhantomOptions = {}): CtInstance[] =>
  changed(
    headPhantom({
      size: SIZE,
      pixelSpacingMm: 3.75,
      noiseHu: 4,
      yawDeg: 6,
      heightsMm: Array.from({ length: 25 }, (_, i) => 5 * (i - 12)),
      paint: ([x, y], hu) => (Math.hypot(x - 34, y + 56) < 18 && hu > -900 ? 400 : hu),
      ...options,
    }),
    () => true,
    moved((row, column) => [row + 1, column - 2])
  );

/** With the first slice of the part. */
const PARTS: readonly (readonly [string, string, (i: number) => boolean])[] = [
  ['one slice', '1.2.3.14', i => i === 13],
  ['three slices', '1.2.3.13', i => i > 11 && i < 15],
  ['the upper half', '1.2.3.14', i => i > 12],
];
const OTHERWISE: readonly (readonly [string, (hu: Float32Array) => ArrayLike<number>])[] = [
  ['mirrored left to right', moved((row, column) => [row, SIZE - 1 - column])],
  ['mirrored front to back', moved((row, column) => [SIZE - 1 - row, column])],
  ['turned by half', moved((row, column) => [SIZE - 1 - row, SIZE - 1 - column])],
  ['turned by a quarter', moved((row, column) => [column, SIZE - 1 - row])],
  ['of another scale', moved((row, column) => [32 + 1.35 * (row - 32), 32 + 1.35 * (column - 32)])],
  ['shifted by 30 mm', moved((row, column) => [row, column - 8])],
  ['40 HU too dark', hu => hu.map(value => value - 40)],
  ['20 HU too bright', hu => hu.map(value => value + 20)],
  ['with a slope of 1.1 about air', hu => hu.map(value => 1.1 * (value + 1000) - 1000)],
];

describe.each(PARTS)('%s', (_, first, wanted) => {
  test.each(OTHERWISE)('%s', (__, change) => {
    const refusal = refusalOf(() => buildHeadCtSeries(changed(scan(), wanted, change)));
    expect(refusal?.code).toBe('HETEROGENEOUS_SLICES');
    expect(refusal?.details.slices).toContain(first);
  });
});

test('the message says what is wrong', () => {
  const message = (change: (hu: Float32Array) => ArrayLike<number>): string | undefined =>
    refusalOf(() => buildHeadCtSeries(changed(scan(), i => i > 12, change)))?.message;
  expect(message(OTHERWISE[0][1])).toContain('mirrored or rotated');
  expect(message(hu => hu.map(value => value - 18))).toMatch(/soft tissue differs by -1[789] HU/);
});

test.each([10, 15, 20])(
  'slices %s mm apart: one that is 40 HU too dark is refused, none is not',
  distance => {
    const heightsMm = Array.from({ length: Math.floor(110 / distance) }, (_, i) => distance * i - 50);
    const sound = scan({ heightsMm });
    expect(refusalOf(() => buildHeadCtSeries(sound))).toBeUndefined();
    const dark = changed(
      sound,
      i => i === heightsMm.length >> 1,
      hu => hu.map(value => value - 40)
    );
    expect(refusalOf(() => buildHeadCtSeries(dark))?.code).toBe('HETEROGENEOUS_SLICES');
  }
);

test.each([
  ['darker', -10],
  ['brighter', 10],
  ['a little darker', -8.5],
])('an upper half that is %s by %s HU is warned about', (_, offset) => {
  const uneven = changed(
    scan(),
    i => i > 12,
    hu => hu.map(value => value + offset)
  );
  expect(buildHeadCtSeries(uneven).warnings.map(({ message }) => message)).toEqual([
    'Soft-tissue attenuation jumps between slices (at 1 of 25 slices): calibration error?',
  ]);
});

const turnedBy = (deg: number) => {
  const [c, s] = [Math.cos((deg * Math.PI) / 180), Math.sin((deg * Math.PI) / 180)];
  return moved((row, column) => [
    32 + c * (row - 32) - s * (column - 32),
    32 + s * (row - 32) + c * (column - 32),
  ]);
};
const turnMessages = (instances: readonly CtInstance[]): string[] =>
  buildHeadCtSeries(instances)
    .warnings.map(({ message }) => message)
    .filter(message => message.includes('rotated by about'));

test.each([8, -8, 11])('an upper half that is turned by %s degrees is warned about', deg => {
  const told = turnMessages(changed(scan(), i => i > 12, turnedBy(deg)));
  expect(told).toEqual([
    expect.stringContaining('From slice 14 of 25 slices on the head is rotated by about '),
  ]);
  const [, stated] = /about (\d+) degrees/.exec(told[0]) ?? [];
  expect(Math.abs(Number(stated) - Math.abs(deg))).toBeLessThanOrEqual(2);
});

test.each<readonly [string, PhantomOptions]>([
  ['a head that lies turned as a whole', { yawDeg: 25 }],
  ['a tilted gantry', { tiltDeg: 20 }],
  ['a rolled head', { rollDeg: 10 }],
  ['slices of 10 mm', { heightsMm: Array.from({ length: 12 }, (_, i) => 10 * i - 60) }],
])('no part of %s is told to be turned', (_, options) => expect(turnMessages(scan(options))).toEqual([]));

describe('sound series', () => {
  test.each<readonly [string, PhantomOptions]>([
    ['a tilted gantry, whose fields shift', { tiltDeg: 20 }],
    ['thin slices', { heightsMm: Array.from({ length: 60 }, (_, i) => 1.5 * i - 40) }],
    ['a large old infarct of one side', { infarctAt: ([x, y, z]) => x > 20 && y < 20 && z > 2 }],
    ['a turned head', { yawDeg: 25 }],
    ['a head in the middle that lies straight', { yawDeg: 0, paint: undefined }],
  ])('%s', (_, options) => expect(refusalOf(() => buildHeadCtSeries(scan(options)))).toBeUndefined());

  test('a head that moved is warned about', () => {
    const shifted = changed(
      scan(),
      i => i > 12,
      moved((row, column) => [row, column - 1])
    );
    expect(buildHeadCtSeries(shifted).warnings.map(({ code }) => code)).toEqual(['LOW_CONFIDENCE']);
  });
});

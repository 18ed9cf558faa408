import { headPhantom, type PhantomOptions } from '../../testing/headPhantom';
import { buildHeadCtSeries } from './buildHeadCtSeries';
import type { CtInstance } from './ctInstance';
import { mixedScans } from './mixedScans';

const COUNT = 25;
const head = (options: PhantomOptions = {}): CtInstance[] =>
  headPhantom({
    size: 64,
    pixelSpacingMm: 3.75,
    noiseHu: 6,
    heightsMm: Array.from({ length: COUNT }, (_, i) => 5 * (i - 12)),
    ...options,
  });
const messages = (instances: readonly CtInstance[]): string[] =>
  buildHeadCtSeries(instances).warnings.map(({ message }) => message);

/** Every second slice of another scan. */
const mixed = (one: readonly CtInstance[], other: readonly CtInstance[]): CtInstance[] =>
  one.map((instance, i) => (i % 2 ? other[i] : instance));

describe('images of two scans of one head, slice by slice in turn,', () => {
  test.each<readonly [string, PhantomOptions]>([
    [
      'with a lesion in one of them',
      { paint: ([x, y], hu) => (hu > 0 && hu < 60 && Math.hypot(x - 35, y) < 28 ? hu - 7 : hu) },
    ],
    [
      'with a darker middle in one of them',
      { paint: ([x, y], hu) => (hu > 0 && hu < 60 && Math.hypot(x / 22, y / 40) < 1 ? hu - 9 : hu) },
    ],
    [
      'with a swollen half in one of them',
      { paint: ([x], hu) => (hu > 0 && hu < 60 && x < -10 ? hu - 5 : hu) },
    ],
  ])('%s, are told', (_, other) => {
    expect(messages(mixed(head(), head(other)))).toContainEqual(
      expect.stringContaining('Every second slice seems to belong to another scan')
    );
  });

  test.each<readonly [string, PhantomOptions]>([
    ['with the lesion in all slices', { infarctAt: ([x, y]) => Math.hypot(x - 35, y) < 28 }],
    ['that is noisy', { noiseHu: 20 }],
    ['in thin slices', { heightsMm: Array.from({ length: 60 }, (__, i) => 1.5 * i - 40), noiseHu: 12 }],
    [
      'in slices of two distances',
      { heightsMm: Array.from({ length: 20 }, (__, i) => (i < 10 ? 4 * i - 50 : 7 * i - 80)) },
    ],
  ])('are not seen in one scan %s', (_, options) => {
    expect(messages(head(options)).filter(message => message.includes('another scan'))).toEqual([]);
  });
});

type Change = (i: number) => Partial<CtInstance>;
const changed = (change: Change): string[] => {
  const instances = head().map((instance, i) => ({ ...instance, ...change(i) }));
  const planeOffsetsMm = instances.map(({ imagePositionPatient }) => imagePositionPatient?.[2] ?? NaN);
  return mixedScans({ instances, planeOffsetsMm }).map(({ message }) => message);
};
const clock = (seconds: number): string =>
  new Date(1000 * Math.round(seconds)).toISOString().slice(11, 19).replaceAll(':', '');
const place = (i: number, shift: readonly [number, number, number]): Partial<CtInstance> => {
  const [x, y, z] = head()[i].imagePositionPatient ?? [0, 0, 0];
  return { imagePositionPatient: [x + shift[0], y + shift[1], z + shift[2]] };
};

describe('attributes that tell of two scans', () => {
  test.each<readonly [string, Change, string]>([
    [
      'times that go back and forth',
      i => ({ acquisitionTime: clock(36000 + i + (i % 2) * 600) }),
      'back and forth',
    ],
    [
      'times that go back and forth, with a date in them',
      i => ({ acquisitionTime: `20260301${clock(36000 + (i % 2) * 60)}` }),
      'back and forth',
    ],
    [
      'an upper half of two hours later',
      i => ({ acquisitionTime: clock(36000 + (i > 12 ? 7200 : 0)) }),
      '120 minutes',
    ],
    [
      'a lower half of a follow-up on the same table',
      i => ({ acquisitionTime: clock(36000 + (i > 12 ? 0 : 1080)) }),
      '18 minutes',
    ],
    [
      'an upper half of the day before',
      i => ({ acquisitionTime: '100000', acquisitionDate: i > 12 ? '20260301' : '20260302' }),
      '1440 minutes',
    ],
    ['acquisition numbers', i => ({ acquisitionNumber: 3 + (i % 2) }), 'Acquisition Number'],
    ['tube voltages', i => ({ kvp: i % 2 ? 120 : 100 }), 'tube voltage'],
    ['kernels', i => ({ convolutionKernel: i % 2 ? 'H31s' : 'H30s' }), 'Convolution Kernel'],
    ['table heights', i => ({ tableHeight: i % 3 ? 150 : 162 }), 'Table Height'],
    ['irradiation events', i => ({ irradiationEventUID: `1.2.${i % 2}` }), 'Irradiation Event'],
    ['positions along the body', i => place(i, [0, 0, i % 2 ? 1.2 : 0]), 'shifted'],
    ['positions to the side', i => place(i, [i % 2 ? 1.5 : 0, 0, 0]), 'shifted'],
  ])('%s', (_, change, told) => expect(changed(change)).toEqual([expect.stringContaining(told)]));

  test.each<readonly [string, Change]>([
    [
      'a sequential scan, whose times and rotations go on',
      i => ({ acquisitionTime: clock(36000 + 4 * i), acquisitionNumber: i + 1 }),
    ],
    [
      'a scan from head to feet',
      i => ({ acquisitionTime: clock(36000 - 4 * i), acquisitionNumber: COUNT - i }),
    ],
    [
      'rotations of four rows, read in the other direction',
      i => ({ acquisitionTime: `10${clock(8 * Math.floor(i / 4)).slice(2)}.${3 - (i % 4)}` }),
    ],
    [
      'a second part with another voltage and thickness',
      i => ({ kvp: i > 9 ? 120 : 140, sliceThickness: i > 9 ? 7 : 4 }),
    ],
    ['a part repeated after eight minutes', i => ({ acquisitionTime: clock(36000 + (i > 15 ? 480 : 0)) })],
    ['a scan over midnight', i => ({ acquisitionTime: clock((86395 + i) % 86400) })],
    ['a few seams', i => ({ acquisitionNumber: i === 5 || i === 13 ? 2 : 1 })],
    ['a tilted gantry, whose fields shift', i => place(i, [0, 1.7 * i, 0])],
    ['distances rounded in turn', i => place(i, [0, 0, i % 2 ? 0.1 : 0])],
    ['times that are no times', i => ({ acquisitionTime: i % 2 ? 'noon' : '' })],
  ])('are none in %s', (_, change) => expect(changed(change)).toEqual([]));
});

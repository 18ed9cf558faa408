import { fakeAnatomyNetwork } from '../../../testing/fakeNetworks';
import { headPhantom } from '../../../testing/headPhantom';
import type { Refusal } from '../../base/refusal';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import { checkOrientation } from './checkOrientation';
import { prepareSeries, type PreparedSeries } from './prepareSeries';
import { createPacer } from './progress';
import { runNetwork } from './runNetworks';
import type { SegmentationNetwork, SliceNetwork } from './types';

jest.setTimeout(120_000);

const PACER = createPacer(undefined, undefined, () => 0);
const FAKE = fakeAnatomyNetwork() as SliceNetwork;
let head: PreparedSeries;

beforeAll(async () => {
  head = await prepareSeries(
    buildHeadCtSeries(
      headPhantom({
        size: 110,
        pixelSpacingMm: 2.2,
        heightsMm: Array.from({ length: 14 }, (_, i) => -25 + 5 * i),
      })
    )
  );
});

/** Labels an M1 and an M4 on both sides, the left one moved by so many rows that less of it is alike. */
function lopsided(rows: number): SegmentationNetwork {
  return {
    manifest: FAKE.manifest,
    run: async () => {
      const { size } = FAKE.manifest.input;
      const idOf = (region: string) => FAKE.manifest.classes.find(each => each.region === region)?.id ?? 0;
      const plane = new Uint8Array(size * size);
      for (let y = 60; y < 100; y++) {
        for (let x = 40; x < 60; x++) {
          plane[y * size + x] = plane[(y + rows) * size + size - 1 - x] = idOf('M1');
        }
      }
      return plane;
    },
  };
}

const labelsOf = async (network: SegmentationNetwork) =>
  (await runNetwork('anatomy', network, head, () => PACER.turn()))[0];

/** What is said of a head whose regions are so many rows lopsided as it lies, and so many turned. */
async function said(asItLies: number, turned: number, frontIsShown = false): Promise<string> {
  const labels = await labelsOf(lopsided(asItLies));
  try {
    const doubts = await checkOrientation({ ...head, frontIsShown }, lopsided(turned), labels, PACER);
    return doubts.map(({ code }) => code).join();
  } catch (thrown) {
    return (thrown as Refusal).code;
  }
}

test.each([
  ['clearly more alike as it lies', 2, 8, ''],
  ['as alike', 4, 4, ''],
  ['a little less alike', 5, 4, 'LOW_CONFIDENCE'],
  ['clearly less alike', 8, 2, 'UPSIDE_DOWN'],
])('left and right %s than in the head turned by 180 degrees', async (_, asItLies, turned, verdict) => {
  expect(await said(asItLies, turned)).toBe(verdict);
});

test('the air of a face is believed, and saves the second run', async () => {
  expect(await said(8, 2, true)).toBe('');
});

test('the network is shown the head turned about its own middle', async () => {
  const shown: Float32Array[] = [];
  const seeing = (into: Float32Array[]): SegmentationNetwork => ({
    manifest: FAKE.manifest,
    run: async input => {
      into.push(input.slice());
      return FAKE.run(input);
    },
  });
  const upright: Float32Array[] = [];
  const labels = await labelsOf(seeing(upright));
  await checkOrientation({ ...head, frontIsShown: false }, seeing(shown), labels, PACER);
  const { size, channels } = FAKE.manifest.input;
  expect(shown).toHaveLength(head.plan.length);
  for (const [channel, [row, column]] of [
    [0, [30, 90]],
    [channels.length - 1, [150, 71]],
  ] as const) {
    const at = (y: number, x: number): number => channel * size * size + y * size + x;
    shown.forEach((input, slice) =>
      expect(input[at(row, column)]).toBe(upright[slice][at(size - 1 - row, size - 1 - column)])
    );
  }
});

describe('levels', () => {
  const verdictOf = async (reverse: boolean, keep: (z: number) => boolean = () => true): Promise<string> => {
    const labels = await labelsOf(FAKE);
    const planes = labels.planes.map((plane, z) => (keep(z) ? plane : new Uint8Array(plane.length)));
    const lying = { ...labels, planes: reverse ? planes.reverse() : planes };
    try {
      return (await checkOrientation({ ...head, frontIsShown: true }, FAKE, lying, PACER))
        .map(({ code }) => code)
        .join();
    } catch (thrown) {
      return (thrown as Refusal).code;
    }
  };

  it('are in order', async () => expect(await verdictOf(false)).toBe(''));
  it('are reversed where slices run from head to feet', async () =>
    expect(await verdictOf(true)).toBe('UPSIDE_DOWN'));
  it('tell nothing where only one is shown', async () => expect(await verdictOf(true, z => z < 6)).toBe(''));
});

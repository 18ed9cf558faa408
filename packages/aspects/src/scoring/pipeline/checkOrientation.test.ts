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

test('the network is shown the head turned about its own middle, then upside down', async () => {
  const shown: Float32Array[] = [];
  const seeing = (into: Float32Array[]): SegmentationNetwork => ({
    manifest: FAKE.manifest,
    run: async input => {
      into.push(input.slice());
      // Sees no region, so that nothing is clear.
      return new Uint8Array(FAKE.manifest.input.size ** 2);
    },
  });
  const upright: Float32Array[] = [];
  const labels = await labelsOf(seeing(upright));
  await checkOrientation({ ...head, frontIsShown: false }, seeing(shown), labels, PACER);
  const { size, channels } = FAKE.manifest.input;
  const count = head.plan.length;
  expect(shown).toHaveLength(2 * count);
  const at = (channel: number, row: number, column: number): number =>
    channel * size * size + row * size + column;
  // Offsets along the normal change their signs.
  const opposite = channels.map(({ offsetsMm }) =>
    channels.findIndex(other => String(other.offsetsMm) === String(offsetsMm.map(offset => 0 - offset)))
  );
  for (const [channel, row, column] of [
    [0, 30, 90],
    [channels.length - 1, 150, 71],
  ]) {
    upright.forEach((input, slice) => {
      const turned = shown[slice][at(channel, row, column)];
      expect(turned).toBe(input[at(channel, size - 1 - row, size - 1 - column)]);
      const flipped = shown[count + slice][at(channel, row, column)];
      expect(flipped).toBe(input[at(opposite[channel], size - 1 - row, column)]);
    });
  }
});

describe('levels', () => {
  /** Sees the planes in this order of levels, and in the other one where the rows run from back to front. */
  const inOrder = (upright: (z: number) => 'M1' | 'M4', upsideDown: (z: number) => 'M1' | 'M4') => {
    let runs = 0;
    const network: SegmentationNetwork = {
      manifest: FAKE.manifest,
      run: async () => {
        const { size } = FAKE.manifest.input;
        const z = runs % head.plan.length;
        // As it lies, turned, upside down.
        const region = (runs++ < 2 * head.plan.length ? upright : upsideDown)(z);
        const id = FAKE.manifest.classes.find(each => each.region === region)?.id ?? 0;
        return new Uint8Array(size * size).map((_, i) => (i % size > 30 && i % size < 190 ? id : 0));
      },
    };
    return { network, timesRun: () => runs / head.plan.length };
  };
  const low = (z: number) => (z < 6 ? 'M1' : 'M4');
  const high = (z: number) => (z < 6 ? 'M4' : 'M1');
  const verdictOf = async (network: SegmentationNetwork): Promise<string> => {
    const labels = await labelsOf(network);
    return checkOrientation({ ...head, frontIsShown: false }, network, labels, PACER).then(
      doubts => doubts.map(({ code }) => code).join(),
      (thrown: Refusal) => thrown.code
    );
  };

  it('in order need no third run', async () => {
    const { network, timesRun } = inOrder(low, high);
    expect(await verdictOf(network)).toBe('');
    expect(timesRun()).toBe(2);
  });
  it('in reverse order are those of slices from head to feet', async () => {
    // Shown upside down, the lowest plane of the head comes last.
    expect(await verdictOf(inOrder(high, high).network)).toBe('UPSIDE_DOWN');
  });
  it('of which only one is shown tell nothing', async () => {
    const { network, timesRun } = inOrder(
      () => 'M1',
      () => 'M1'
    );
    expect(await verdictOf(network)).toBe('');
    expect(timesRun()).toBe(3);
  });
});

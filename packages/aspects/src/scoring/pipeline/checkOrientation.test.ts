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

/**
 * Labels M1 and lentiform nucleus on both sides, the left M1 moved by so many rows that less of it is alike.
 *
 * @param deep columns of each lentiform nucleus
 * @param columns of each M1
 */
function lopsided(rows: number, deep: number, columns = 24): SegmentationNetwork {
  return {
    manifest: FAKE.manifest,
    run: async () => {
      const { size } = FAKE.manifest.input;
      const idOf = (region: string) => FAKE.manifest.classes.find(each => each.region === region)?.id ?? 0;
      const plane = new Uint8Array(size * size);
      for (let y = 60; y < 140; y++) {
        for (let x = 0; x < columns + deep; x++) {
          const [id, moved] = x < columns ? [idOf('M1'), rows] : [idOf('L'), 0];
          plane[y * size + 30 + x] = plane[(y + moved) * size + size - 31 - x] = id;
        }
      }
      return plane;
    },
  };
}

const labelsOf = async (network: SegmentationNetwork) =>
  (await runNetwork('anatomy', network, head, () => PACER.turn()))[0];

const AS_IT_LIES = lopsided(3, 12);

/** What is said of a head of which the network sees this as it lies, and that when it is turned. */
async function said(
  asItLies: SegmentationNetwork,
  turned: SegmentationNetwork,
  frontIsShown = false
): Promise<string> {
  const labels = await labelsOf(asItLies);
  try {
    const doubts = await checkOrientation({ ...head, frontIsShown }, turned, labels, PACER);
    return doubts.map(({ code }) => code).join();
  } catch (thrown) {
    return (thrown as Refusal).code;
  }
}

test.each([
  ['less alike and less deep than as it lies', lopsided(9, 6), ''],
  ['the same', AS_IT_LIES, ''],
  ['more alike, but less deep', lopsided(0, 6), 'LOW_CONFIDENCE'],
  ['more deep, but less alike', lopsided(9, 16), 'LOW_CONFIDENCE'],
  ['more alike and more deep', lopsided(0, 16), 'UPSIDE_DOWN'],
])('in the head turned by 180 degrees the regions are %s', async (_, turned, verdict) => {
  expect(await said(AS_IT_LIES, turned)).toBe(verdict);
});

test('a few regions are no reason to refuse', async () => {
  expect(await said(lopsided(3, 3, 6), lopsided(0, 6, 6))).toBe('LOW_CONFIDENCE');
});

test('the air of a face is believed, and saves the second run', async () => {
  expect(await said(AS_IT_LIES, lopsided(0, 16), true)).toBe('');
});

test('the network is shown the head turned about its own middle, then upside down', async () => {
  const shown: Float32Array[] = [];
  const seeing = (into: Float32Array[]): SegmentationNetwork => ({
    manifest: FAKE.manifest,
    run: async input => {
      into.push(input.slice());
      // Sees no M4-M6, so that the levels are not clear.
      return (AS_IT_LIES as SliceNetwork).run(input);
    },
  });
  const upright: Float32Array[] = [];
  const labels = await labelsOf(seeing(upright));
  await checkOrientation({ ...head, frontIsShown: false }, seeing(shown), labels, PACER);
  const { size, channels } = FAKE.manifest.input;
  const count = head.plan.length;
  // Every second slice turned, each upside down.
  expect(shown).toHaveLength(count / 2 + count);
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
      const turned = shown[(slice - 1) / 2]?.[at(channel, row, column)];
      expect(turned).toBe(slice % 2 ? input[at(channel, size - 1 - row, size - 1 - column)] : undefined);
      const flipped = shown[count / 2 + slice][at(channel, row, column)];
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
        // All slices as it lies, half of them turned, all upside down.
        const count = head.plan.length;
        const z = runs < count ? runs : runs < 1.5 * count ? 2 * (runs - count) + 1 : runs - 1.5 * count;
        const region = (runs++ < 1.5 * count ? upright : upsideDown)(z);
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
    expect(timesRun()).toBe(1.5);
  });
  it('in reverse order are those of slices from head to feet', async () => {
    // Shown upside down, the lowest plane of the head comes last.
    expect(await verdictOf(inOrder(high, high).network)).toBe('UPSIDE_DOWN');
  });
  it('that are in no clear order either way tell nothing', async () => {
    // As the hand-made networks see a painted brain: a little better upside down.
    const mixed = (z: number) => (z < 4 || z >= 12 ? 'M4' : 'M1');
    expect(await verdictOf(inOrder(mixed, mixed).network)).toBe('');
  });
  it('of which only one is shown tell nothing', async () => {
    const { network, timesRun } = inOrder(
      () => 'M1',
      () => 'M1'
    );
    expect(await verdictOf(network)).toBe('');
    expect(timesRun()).toBe(2.5);
  });
});

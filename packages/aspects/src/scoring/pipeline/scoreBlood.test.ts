import { fakeAnatomyNetwork, NETWORK_INPUT } from '../../../testing/fakeNetworks';
import { fakeStackNetwork } from '../../../testing/fakeStackNetwork';
import { headPhantom } from '../../../testing/headPhantom';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import { INFARCT_CLASS } from '../aspects/infarctClasses';
import { scoreSeries } from './scoreSeries';
import type { StackNetwork } from './types';

// Phantoms are painted pixel by pixel; a busy machine takes its time.
jest.setTimeout(120_000);

const PIXELS = NETWORK_INPUT.size ** 2;

/** Calls haemorrhage whatever the phantom has as infarct. */
function bloodNetwork(): StackNetwork {
  const network = fakeStackNetwork();
  return {
    ...network,
    async decode(features) {
      const planes = new Uint8Array(3 * PIXELS);
      planes.set(features.subarray(1), (INFARCT_CLASS.haemorrhage - 1) * PIXELS);
      return planes;
    },
  };
}

/**
 * The haemorrhage of a phantom's result that the network draws 24 mm wide between two heights above the
 * head's middle, mm.
 */
async function drawnBetween(low: number, high: number) {
  const { result } = await scoreSeries({
    series: buildHeadCtSeries(
      headPhantom({
        size: 110,
        pixelSpacingMm: 2.2,
        infarctAt: ([x, y, z]) => Math.abs(x) < 12 && Math.abs(y - 20) < 12 && z > low && z < high,
      })
    ),
    anatomy: fakeAnatomyNetwork(),
    infarct: bloodNetwork(),
    runtime: { provider: 'cpu', adapter: 'test', precision: 'fp32' },
  });
  return result.haemorrhage;
}

describe('a haemorrhage that the network draws', () => {
  it('counts amid the brain', async () => {
    const { volumeMl, suspected } = await drawnBetween(17, 43);
    expect(volumeMl).toBeGreaterThan(10);
    expect(suspected).toBe(true);
  });

  it('does not count where a slice shows little but the vertex, in part with its bone', async () => {
    expect(await drawnBetween(53, 68)).toMatchObject({ volumeMl: 0, suspected: false, keySlice: null });
  });

  it('counts to the vertex where it begins amid the brain', async () => {
    const [whole, amid] = [await drawnBetween(17, 68), await drawnBetween(17, 53)];
    expect(whole.suspected).toBe(true);
    expect(whole.volumeMl).toBeGreaterThan(amid.volumeMl + 1);
  });
});

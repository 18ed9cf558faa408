import type { SegmentationNetwork } from '@deep-aspects/aspects/scoring';
import type { LoadedModel } from '../models/loadModel';
import type { OpenNetwork } from '../runtime/openNetwork';
import { manifestFor } from '../testing/fakeServer';
import { shareNetwork } from './shareNetwork';

const bytes = Uint8Array.of(0);
const manifest = manifestFor(bytes, 'anatomy');
const model: LoadedModel = { manifest, bytes, downloadedBytes: 0 };
const OWN = 1;
const OTHER = 2;

const network = (answer: number): OpenNetwork => ({
  manifest,
  run: async () => Uint8Array.of(answer),
  close: async () => undefined,
});

async function answers(shared: SegmentationNetwork, count: number): Promise<number[]> {
  const planes = Array.from({ length: count }, () =>
    'run' in shared
      ? shared.run(new Float32Array(1))
      : Promise.reject(new Error('no network of single slices'))
  );
  return (await Promise.all(planes)).map(([value]) => value);
}

const opened = () => new Promise(resolve => setTimeout(resolve, 0));

describe('a shared network', () => {
  it('has the second worker run slices while that has nothing else to do', async () => {
    const worker = { isIdle: false, open: async () => network(OTHER) };
    const shared = shareNetwork(network(OWN), model, worker);
    await opened();
    expect(await answers(shared, 2)).toEqual([OWN, OWN]);
    worker.isIdle = true;
    expect(await answers(shared, 2)).toEqual([OTHER, OTHER]);
    expect(shared.runsAhead).toBeGreaterThan(1);
  });

  it.each<readonly [string, () => Promise<OpenNetwork>]>([
    ['has not opened it yet', () => new Promise(() => undefined)],
    ['cannot open it', () => Promise.reject(new Error('bad_alloc'))],
  ])('runs all slices itself while the second worker %s', async (_, open) => {
    const shared = shareNetwork(network(OWN), model, { isIdle: true, open });
    await opened();
    expect(await answers(shared, 3)).toEqual([OWN, OWN, OWN]);
  });

  it('is left alone where its slices see each other', () => {
    const stack: OpenNetwork = {
      manifest,
      encode: async () => new Float32Array(1),
      decode: async () => Uint8Array.of(OWN),
      close: async () => undefined,
    };
    const open = jest.fn();
    expect(shareNetwork(stack, model, { isIdle: true, open })).toBe(stack);
    expect(open).not.toHaveBeenCalled();
  });
});

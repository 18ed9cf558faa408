import { runAlone } from '@deep-aspects/aspects/scoring';
import type { LoadedModel } from '../models/loadModel';
import { FakeSecondWorker } from '../testing/fakeSecondWorker';
import { fakeRuntime } from '../testing/fakeRuntime';
import { manifestFor } from '../testing/fakeServer';
import { openInSecondWorker } from './openInSecondWorker';

const bytes = Uint8Array.of(0);
const manifest = manifestFor(bytes, 'infarct');
const model: LoadedModel = { manifest, bytes, downloadedBytes: 0 };
const PIXELS = 32 * 32;
const input = () => new Float32Array(3 * PIXELS);

async function opened(plane: () => Uint8Array) {
  const worker = new FakeSecondWorker(fakeRuntime([manifest], plane));
  const network = await openInSecondWorker(model, {
    threads: 1,
    assetsUrl: 'https://site/plugin/',
    allowBlobUrls: true,
    startWorker: async () => worker as unknown as Worker,
  });
  return { network, worker };
}

describe('a network in a second worker', () => {
  it('answers each run with its own plane, several being asked for ahead', async () => {
    let runs = 0;
    const { network } = await opened(() => new Uint8Array(PIXELS).fill(++runs));
    expect(network.runsAhead).toBeGreaterThan(1);
    const planes = await Promise.all([1, 2, 3].map(() => runAlone(network, input())));
    expect(planes.map(plane => [plane.length, plane[0]])).toEqual([
      [PIXELS, 1],
      [PIXELS, 2],
      [PIXELS, 3],
    ]);
  });

  it('refuses as the network does', async () => {
    const { network } = await opened(() => new Uint8Array(3));
    await expect(runAlone(network, input())).rejects.toMatchObject({
      name: 'Refusal',
      code: 'MODEL_UNAVAILABLE',
      details: { task: 'infarct' },
    });
  });

  it('fails recoverably, now and later, when its worker crashes', async () => {
    const { network, worker } = await opened(() => new Uint8Array(PIXELS));
    const running = runAlone(network, input());
    worker.onerror?.({ message: 'unreachable executed' });
    await expect(running).rejects.toMatchObject({ name: 'RecoverableFailure', kind: 'crash' });
    await expect(runAlone(network, input())).rejects.toMatchObject({ name: 'RecoverableFailure' });
    expect(worker.terminated).toBe(true);
  });

  it('ends the worker of a network that cannot be opened', async () => {
    const worker = new FakeSecondWorker({
      ...fakeRuntime([manifest], () => new Uint8Array(PIXELS)),
      InferenceSession: { create: () => Promise.reject(new Error('bad_alloc')) },
    });
    const opening = openInSecondWorker(model, {
      threads: 1,
      assetsUrl: 'https://site/plugin/',
      allowBlobUrls: true,
      startWorker: async () => worker as unknown as Worker,
    });
    await expect(opening).rejects.toMatchObject({ kind: 'out-of-memory' });
    expect(worker.terminated).toBe(true);
  });
});

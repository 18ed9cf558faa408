import { runAlone } from '@deep-aspects/aspects/scoring';
import type { LoadedModel } from '../models/loadModel';
import { FakeSecondWorker } from '../testing/fakeSecondWorker';
import { fakeRuntime } from '../testing/fakeRuntime';
import { manifestFor } from '../testing/fakeServer';
import { startSecondWorker } from './startSecondWorker';

const bytes = Uint8Array.of(0);
const manifest = manifestFor(bytes, 'infarct');
const model: LoadedModel = { manifest, bytes, downloadedBytes: 0 };
const PIXELS = 32 * 32;
const input = () => new Float32Array(3 * PIXELS);

/** The least that there is: magic number and version. */
const compiled = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

const started = (worker: FakeSecondWorker) =>
  startSecondWorker({
    threads: 1,
    compiled,
    assetsUrl: 'https://site/plugin/',
    allowBlobUrls: true,
    startWorker: async () => worker as unknown as Worker,
  });

async function opened(plane: () => Uint8Array) {
  const worker = new FakeSecondWorker(fakeRuntime([manifest], plane));
  const second = await started(worker);
  return { network: await second.open(model), second, worker };
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

  it('loads the runtime once, with the WebAssembly that is compiled already', async () => {
    const { second, worker } = await opened(() => new Uint8Array(PIXELS));
    await second.open({ ...model, manifest: manifestFor(bytes, 'anatomy') });
    expect(worker.loaded.map(request => String(request.compiled))).toEqual(['[object WebAssembly.Module]']);
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
    const opening = (await started(worker)).open(model);
    await expect(opening).rejects.toMatchObject({ kind: 'out-of-memory' });
    expect(worker.terminated).toBe(true);
  });

  it('runs each network that was opened there, and is idle once all is answered', async () => {
    const other: LoadedModel = { ...model, manifest: manifestFor(bytes, 'anatomy') };
    const worker = new FakeSecondWorker(
      fakeRuntime([manifest, other.manifest], (_, { task }) =>
        new Uint8Array(PIXELS).fill(task === 'anatomy' ? 7 : 1)
      )
    );
    const second = await started(worker);
    const infarct = await second.open(model);
    const anatomy = await second.open({ ...other, bytes: Uint8Array.of(1) });
    expect(second.isIdle).toBe(true);
    const running = Promise.all([runAlone(infarct, input()), runAlone(anatomy, input())]);
    expect(second.isIdle).toBe(false);
    expect((await running).map(plane => plane[0])).toEqual([1, 7]);
    expect(second.isIdle).toBe(true);
  });

  it('goes on with one network where there is no room for another', async () => {
    let room = 1;
    const runtime = fakeRuntime([manifest], () => new Uint8Array(PIXELS));
    const worker = new FakeSecondWorker({
      ...runtime,
      InferenceSession: {
        create: (...given) =>
          room-- > 0 ? runtime.InferenceSession.create(...given) : Promise.reject(new Error('bad_alloc')),
      },
    });
    const second = await started(worker);
    const infarct = await second.open(model);
    const another = second.open({ ...model, manifest: manifestFor(bytes, 'anatomy') });
    await expect(another).rejects.toMatchObject({ name: 'Refusal' });
    expect(await runAlone(infarct, input())).toHaveLength(PIXELS);
    expect(worker.terminated).toBe(false);
  });
});

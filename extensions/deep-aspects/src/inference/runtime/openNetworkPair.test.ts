import { type ModelManifest, runAlone } from '@deep-aspects/aspects/scoring';
import type { LoadedModel } from '../models/loadModel';
import { openModelCache } from '../models/modelCache';
import {
  environmentWithGpu,
  fakeAdapter,
  fakeEnvironment,
  fakeRuntime,
  type FakeRuntime,
} from '../testing/fakeRuntime';
import { fakeCacheStorage, fakeServer, manifestFor } from '../testing/fakeServer';
import { openNetworkPair, type PairDependencies } from './openNetworkPair';
import type { SecondWorker } from '../secondWorker/startSecondWorker';
import { openNetwork } from './openNetwork';
import { openParityMemory } from './parityMemory';
import { RecoverableFailure } from './recoverableFailure';

// The manifests are valid but for the ten regions, which `validateManifest.test.ts` is about.
jest.mock('@deep-aspects/aspects/scoring', () => ({
  ...jest.requireActual<object>('@deep-aspects/aspects/scoring'),
  validateManifest: (value: unknown) => value,
}));

const models = {
  anatomy: 'https://site/anatomy/manifest.json',
  infarct: 'https://site/infarct/manifest.json',
};
const contents = [Uint8Array.of(0, 1, 2), Uint8Array.of(1, 2, 3)];
const manifests: readonly ModelManifest[] = [
  manifestFor(contents[0], 'anatomy'),
  manifestFor(contents[1], 'infarct'),
];
const PIXELS = 32 * 32;

const server = () =>
  fakeServer({
    [models.anatomy]: () => Response.json(manifests[0]),
    [models.infarct]: () => Response.json(manifests[1]),
    'https://site/anatomy/model.onnx': () => new Response(contents[0]),
    'https://site/infarct/model.onnx': () => new Response(contents[1]),
  });

function dependencies(runtime: FakeRuntime, overrides: Partial<PairDependencies> = {}): PairDependencies {
  return {
    fetch: server().fetch,
    cache: openModelCache(undefined),
    environment: fakeEnvironment(),
    parityMemory: openParityMemory(fakeCacheStorage()),
    loadRuntime: async () => runtime,
    startSecondWorker: async () => secondWorker(runtime),
    ...overrides,
  };
}

/** A second worker in this thread, on the same runtime. */
const secondWorker = (runtime: FakeRuntime, opened: LoadedModel[] = []): SecondWorker => ({
  isIdle: true,
  open: model => {
    opened.push(model);
    return openNetwork(runtime, model, 'wasm');
  },
});

const same = () => new Uint8Array(PIXELS).fill(1);
/** Sure of an infarct, as a network is on the test slice. */
const lesion = () => new Uint8Array(PIXELS).fill(200);
const wrongOnGpu = (provider: string) => new Uint8Array(PIXELS).fill(provider === 'webgpu' ? 2 : 1);
const configuration = { models, provider: 'auto' } as const;

describe('openNetworkPair', () => {
  it('opens both networks on WebAssembly and reports the bytes of both as one', async () => {
    const runtime = fakeRuntime(manifests, same);
    const progress: [number, number][] = [];
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    const pair = await openNetworkPair(configuration, dependencies(runtime, { onProgress }));
    expect(pair.choice.provider).toBe('wasm');
    expect(pair.downloadedBytes).toBe(6);
    expect(progress.at(-1)).toEqual([6, 6]);
    // The anatomy network twice: the second worker helps with it.
    expect(runtime.log).toEqual(['create wasm', 'create wasm', 'create wasm']);
    expect(await runAlone(pair.anatomy, new Float32Array(3 * PIXELS))).toEqual(same());
  });

  it('gives the infarct network a second worker with half of the threads and what is compiled already', async () => {
    const compiled = {} as WebAssembly.Module;
    const runtime = { ...fakeRuntime(manifests, same), compiled };
    const opened: LoadedModel[] = [];
    const startSecondWorker = jest.fn(async () => secondWorker(runtime, opened));
    const loadRuntime = jest.fn(async () => runtime);
    const environment = fakeEnvironment({ hardwareConcurrency: 4 });
    const pair = await openNetworkPair(
      configuration,
      dependencies(runtime, { environment, startSecondWorker, loadRuntime })
    );
    expect(startSecondWorker).toHaveBeenCalledWith(1, compiled);
    expect(opened.map(({ manifest }) => manifest.task)).toEqual(['infarct', 'anatomy']);
    expect(loadRuntime).toHaveBeenCalledWith(expect.objectContaining({ threads: 2 }));
    expect(pair.choice.adapter).toBe('CPU, 3 threads');
  });

  it('runs both networks in one worker where a second one cannot be had, or would be too much', async () => {
    const runtime = fakeRuntime(manifests, same);
    const startSecondWorker = jest.fn(() => Promise.reject(new Error('no nested workers')));
    await openNetworkPair(configuration, dependencies(runtime, { startSecondWorker }));
    expect(runtime.log).toEqual(['create wasm', 'create wasm']);
    await openNetworkPair({ ...configuration, maxThreads: 1 }, dependencies(runtime, { startSecondWorker }));
    expect(startSecondWorker).toHaveBeenCalledTimes(1);
  });

  it('proves a GPU on one slice a network before it is used, and remembers that it did', async () => {
    const parityMemory = openParityMemory(fakeCacheStorage());
    const environment = environmentWithGpu(fakeAdapter());
    const runtime = fakeRuntime(manifests, same);
    const pair = await openNetworkPair(configuration, dependencies(runtime, { environment, parityMemory }));
    expect(pair.choice.provider).toBe('webgpu');
    const test = ['run webgpu', 'create wasm', 'run wasm', 'release wasm'];
    const sentinels = ['run webgpu', 'run webgpu'];
    expect(runtime.log).toEqual(['create webgpu', 'create webgpu', ...test, ...test, ...sentinels]);

    const again = fakeRuntime(manifests, same);
    await openNetworkPair(configuration, dependencies(again, { environment, parityMemory }));
    expect(again.log).toEqual(['create webgpu', 'create webgpu', ...sentinels]);
  });

  it('runs one session at a time on a GPU, whoever asks, and goes on after one that failed', async () => {
    let broken = false;
    const runtime = fakeRuntime(manifests, () => {
      if (broken) {
        throw new Error('mapping failed');
      }
      return same();
    });
    const environment = environmentWithGpu(fakeAdapter());
    const { anatomy, infarct } = await openNetworkPair(configuration, dependencies(runtime, { environment }));
    const input = () => new Float32Array(3 * PIXELS);
    const both = () =>
      Promise.allSettled([anatomy, infarct, anatomy].map(network => runAlone(network, input())));
    broken = true;
    expect((await both()).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    broken = false;
    expect((await both()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(runtime.mostAtOnce).toBe(1);
  });

  it('tests anew on another adapter', async () => {
    const parityMemory = openParityMemory(fakeCacheStorage());
    const here = environmentWithGpu(fakeAdapter());
    const there = environmentWithGpu(fakeAdapter({ info: { vendor: 'other' } }));
    await openNetworkPair(
      configuration,
      dependencies(fakeRuntime(manifests, same), { environment: here, parityMemory })
    );
    const runtime = fakeRuntime(manifests, same);
    await openNetworkPair(configuration, dependencies(runtime, { environment: there, parityMemory }));
    expect(runtime.log).toContain('run wasm');
  });

  it('gives up a GPU that computes something else, and does not try it on the next visit', async () => {
    const parityMemory = openParityMemory(fakeCacheStorage());
    const environment = environmentWithGpu(fakeAdapter());
    const failing = openNetworkPair(
      configuration,
      dependencies(fakeRuntime(manifests, wrongOnGpu), { environment, parityMemory })
    );
    await expect(failing).rejects.toMatchObject({ name: 'RecoverableFailure', kind: 'gpu-unusable' });
    await expect(failing).rejects.toThrow('acme anvil');

    const loadRuntime = jest.fn(async () => fakeRuntime(manifests, same));
    const nextVisit = dependencies(fakeRuntime(manifests, same), { environment, parityMemory, loadRuntime });
    const pair = await openNetworkPair(configuration, nextVisit);
    expect(pair.choice.provider).toBe('wasm');
    expect(pair.choice.fallbackReason).toContain('earlier visit');
    expect(loadRuntime).toHaveBeenCalledWith(expect.objectContaining({ build: 'wasm' }));
  });

  it('calls a session that WebGPU cannot make or run a GPU failure', async () => {
    const environment = environmentWithGpu(fakeAdapter());
    const runtime = fakeRuntime(manifests, () => {
      throw new Error('shader does not compile');
    });
    const failing = openNetworkPair(configuration, dependencies(runtime, { environment }));
    await expect(failing).rejects.toBeInstanceOf(RecoverableFailure);
    await expect(failing).rejects.toThrow('shader does not compile');
  });

  it('tells when the device goes away, but not when sessions were closed', async () => {
    for (const [reason, told] of [
      ['unknown', ['driver reset']],
      ['destroyed', []],
    ] as const) {
      const device = Promise.resolve({ lost: Promise.resolve({ reason, message: 'driver reset' }) });
      const lost: string[] = [];
      const environment = environmentWithGpu(fakeAdapter());
      const onDeviceLost = (message: string) => lost.push(message);
      const runtime = fakeRuntime(manifests, same, device);
      await openNetworkPair(configuration, dependencies(runtime, { environment, onDeviceLost }));
      await new Promise(resolve => setTimeout(resolve, 5));
      expect(lost).toEqual(told);
    }
  });

  it('refuses a network whose output is not what its manifest says', async () => {
    const runtime = fakeRuntime(manifests, () => new Uint8Array(7));
    const pair = await openNetworkPair(configuration, dependencies(runtime));
    await expect(runAlone(pair.infarct, new Float32Array(3 * PIXELS))).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
    });
  });

  it.each<readonly [string, () => Uint8Array]>([
    ['all zero', () => new Uint8Array(PIXELS)],
    ['zero in a part', () => lesion().fill(0, 0, PIXELS / 8)],
    ['of another size', () => new Uint8Array(PIXELS / 2)],
    [
      'an error',
      () => {
        throw new Error('device destroyed');
      },
    ],
  ])('a GPU whose output became %s after the start is found out', async (_, lost) => {
    let isLost = false;
    const runtime = fakeRuntime(manifests, (provider, manifest) =>
      isLost && provider === 'webgpu' && manifest.task === 'infarct' ? lost() : lesion()
    );
    const environment = environmentWithGpu(fakeAdapter());
    const pair = await openNetworkPair(configuration, dependencies(runtime, { environment }));
    await expect(pair.verify(['infarct'])).resolves.toBeUndefined();
    isLost = true;
    await expect(pair.verify(['anatomy'])).resolves.toBeUndefined();
    await expect(pair.verify(['infarct'])).rejects.toMatchObject({
      name: 'RecoverableFailure',
      kind: 'device-lost',
    });
  });

  it('costs nothing on WebAssembly', async () => {
    const runtime = fakeRuntime(manifests, same);
    const pair = await openNetworkPair(configuration, dependencies(runtime));
    await pair.verify(['anatomy', 'infarct']);
    expect(runtime.log.filter(entry => entry.startsWith('run'))).toEqual([]);
  });
});

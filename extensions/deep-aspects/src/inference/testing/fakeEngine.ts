import type { EngineConfiguration } from '../aspectsEngine';
import { createAspectsEngine } from '../engine/createAspectsEngine';
import type { WorkerConfiguration } from '../protocol';
import type { NetworkPair } from '../runtime/openNetworkPair';
import { pause, prepareSeries, rescore, score } from './fakePipeline';
import { manifestFor } from './fakeServer';
import { FakeWorker } from './fakeWorker';

const configuration: EngineConfiguration = {
  models: { anatomy: 'https://site/a/manifest.json', infarct: 'https://site/i/manifest.json' },
  provider: 'auto',
  assetsUrl: 'https://site/plugins/aspects',
  scoring: { minInfarctFraction: 0.2 },
};

export type Run = (provider: string) => Promise<Uint8Array>;
/** One inference that works. */
export const runs: Run = async () => new Uint8Array(1);

/** An inference that never ends as long as `hangs`; `begun` resolves with the first one. */
export function hangingRun() {
  let begin: () => void = () => undefined;
  const state = {
    hangs: true,
    begun: new Promise<void>(resolve => (begin = resolve)),
    run: (provider: string) => {
      begin();
      return state.hangs ? new Promise<Uint8Array>(() => undefined) : runs(provider);
    },
  };
  return state;
}

export function pairOf(
  provider: 'webgpu' | 'wasm',
  run: Run,
  verify: NetworkPair['verify'] = async () => undefined
): NetworkPair {
  const network = {
    manifest: manifestFor(new Uint8Array(1)),
    run: () => run(provider),
    close: async () => undefined,
  };
  const adapter = provider === 'webgpu' ? 'acme anvil' : 'CPU, 2 threads';
  const choice = { provider, build: 'wasm', threads: 1, secondWorkerThreads: 1, adapter } as const;
  return {
    anatomy: network,
    infarct: network,
    choice,
    downloadedBytes: 0,
    loadMs: 1,
    verify,
    close: network.close,
  };
}

/** An engine on fake workers; `open` stands for choosing a provider and loading, `run` for one inference. */
export function engineWith({
  open = async (asked: WorkerConfiguration) => pairOf(asked.provider === 'wasm' ? 'wasm' : 'webgpu', runs),
  locks = undefined as Pick<LockManager, 'request'> | undefined,
  own = {} as Partial<EngineConfiguration>,
  prepare = prepareSeries,
  mostKeptPixels = Infinity,
} = {}) {
  const workers: FakeWorker[] = [];
  const opened: WorkerConfiguration[] = [];
  const startWorker = async () => {
    const worker = new FakeWorker({
      score,
      prepareSeries: prepare,
      rescore,
      loadInfarctManifest: async () => ({
        ...manifestFor(new Uint8Array(1)),
        scoring: { minInfarctMl: 0.7 },
      }),
      openPair: async (asked, hooks) => {
        opened.push(asked);
        await pause(10);
        hooks.onProgress(1, 2);
        hooks.onProgress(2, 2);
        return open(asked);
      },
    });
    workers.push(worker);
    setTimeout(() => worker.say({ type: 'alive' }), 0);
    return { worker: worker as unknown as Worker, allowBlobUrls: true };
  };
  const engine = createAspectsEngine({ ...configuration, ...own }, { startWorker, locks, mostKeptPixels });
  return { engine, workers, opened };
}

import { nextTurn } from '@deep-aspects/aspects/series';
import { prepareSeries, rescoreSeries, scoreSeries } from '@deep-aspects/aspects/scoring';
import { startWorker } from './engine/startWorker';
import type { Fetch } from './models/download';
import { loadManifest } from './models/loadModel';
import { openModelCache } from './models/modelCache';
import type { EngineRequest, WorkerConfiguration } from './protocol';
import { currentEnvironment } from './runtime/environment';
import { integrityAt } from './runtime/integrity';
import { loadRuntime } from './runtime/loadRuntime';
import { openNetworkPair } from './runtime/openNetworkPair';
import { openParityMemory } from './runtime/parityMemory';
import { startSecondWorker } from './secondWorker/startSecondWorker';
import { SECOND_WORKER_NAME, type SecondWorkerRequest } from './secondWorker/protocol';
import { SecondWorkerHost } from './secondWorker/secondWorkerHost';
import { WorkerHost } from './workerHost';

/** The worker's entry: gives the hosts of the protocols this browser's fetch, caches, locks and runtime. */
const scope = self as unknown as DedicatedWorkerGlobalScope;

/** The browser's own fetch; the files that came with the plugin must be those of its build. */
function fetchFor({ assetsUrl }: WorkerConfiguration): Fetch {
  return (url, init) => fetch(url, { ...init, integrity: integrityAt(url, assetsUrl) });
}

if (scope.name === SECOND_WORKER_NAME) {
  const host = new SecondWorkerHost({
    post: (response, transfer = []) => scope.postMessage(response, [...transfer]),
    loadRuntime: ({ threads, assetsUrl, allowBlobUrls, compiled }) =>
      loadRuntime({ build: 'wasm', threads }, assetsUrl, allowBlobUrls, compiled),
    holdLock,
  });
  scope.onmessage = (event: MessageEvent<SecondWorkerRequest>) => host.handle(event.data);
} else {
  const host = new WorkerHost({
    post: (response, transfer = []) => scope.postMessage(response, [...transfer]),
    openPair: (configuration, hooks) =>
      openNetworkPair(configuration, {
        ...hooks,
        fetch: fetchFor(configuration),
        cache: openModelCache(),
        environment: currentEnvironment(),
        parityMemory: openParityMemory(),
        loadRuntime: choice => loadRuntime(choice, configuration.assetsUrl, configuration.allowBlobUrls),
        startSecondWorker: (threads, compiled) => startSecondWorkerHere(threads, compiled, configuration),
      }),
    loadInfarctManifest: configuration =>
      loadManifest(configuration.models.infarct, 'infarct', { fetch: fetchFor(configuration) }),
    score: scoreSeries,
    prepareSeries,
    rescore: rescoreSeries,
    breathe: nextTurn,
    holdLock,
  });
  scope.onmessage = (event: MessageEvent<EngineRequest>) => host.handle(event.data);
}
scope.postMessage({ type: 'started' });

function startSecondWorkerHere(
  threads: number,
  compiled: WebAssembly.Module | undefined,
  { assetsUrl, allowBlobUrls, lifeLock }: WorkerConfiguration
) {
  const { locks } = navigator;
  return startSecondWorker({
    threads,
    compiled,
    assetsUrl,
    allowBlobUrls,
    startWorker: async () => (await startWorker(assetsUrl, SECOND_WORKER_NAME)).worker,
    life: locks && lifeLock ? { name: `${lifeLock}-second`, locks } : undefined,
  });
}

/** Resolves when the lock is taken; it is given back by the worker's end only. */
function holdLock(name: string): Promise<void> {
  return new Promise(resolve => {
    void navigator.locks?.request(name, () => {
      resolve();
      return new Promise<never>(() => undefined);
    });
  });
}

import { rescoreSeries } from '../core/pipeline/rescoreSeries';
import { scoreSeries } from '../core/pipeline/scoreSeries';
import { nextTask } from './engine/inPortions';
import type { Fetch } from './models/download';
import { loadManifest } from './models/loadModel';
import { openModelCache } from './models/modelCache';
import type { WorkerRequest } from './protocol';
import { currentEnvironment } from './runtime/environment';
import { loadRuntime } from './runtime/loadRuntime';
import { openNetworkPair } from './runtime/openNetworkPair';
import { openParityMemory } from './runtime/parityMemory';
import { WorkerHost } from './workerHost';

/** The worker's entry: gives the host of the protocol this browser's fetch, caches, locks and runtime. */
const scope = self as unknown as DedicatedWorkerGlobalScope;

const fetchHere: Fetch = (url, init) => fetch(url, init);

const host = new WorkerHost({
  post: (response, transfer = []) => scope.postMessage(response, [...transfer]),
  openPair: (configuration, hooks) =>
    openNetworkPair(configuration, {
      ...hooks,
      fetch: fetchHere,
      cache: openModelCache(),
      environment: currentEnvironment(),
      parityMemory: openParityMemory(),
      loadRuntime: choice => loadRuntime(choice, configuration.assetsUrl, configuration.allowBlobUrls),
    }),
  loadInfarctManifest: ({ models }) => loadManifest(models.infarct, 'infarct', { fetch: fetchHere }),
  score: scoreSeries,
  rescore: rescoreSeries,
  breathe: nextTask,
  holdLock,
});

scope.onmessage = (event: MessageEvent<WorkerRequest>) => host.handle(event.data);
scope.postMessage({ type: 'started' });

/** Resolves when the lock is taken; it is given back by the worker's end only. */
function holdLock(name: string): Promise<void> {
  return new Promise(resolve => {
    void navigator.locks?.request(name, () => {
      resolve();
      return new Promise<never>(() => undefined);
    });
  });
}

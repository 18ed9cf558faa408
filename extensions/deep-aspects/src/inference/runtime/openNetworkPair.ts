import { type NetworkTask, runAlone, selfTestSlice } from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import {
  loadManifest,
  loadModel,
  modelBytes,
  type LoadedModel,
  type LoadModelOptions,
} from '../models/loadModel';
import { chooseCpu, chooseProvider, threadCount, type ProviderChoice } from './chooseProvider';
import { compareOutputs } from './compareOutputs';
import type { GpuDevice, RuntimeEnvironment } from './environment';
import { RUNTIME_VERSION, type OnnxRuntime } from './loadRuntime';
import { shareNetwork } from '../secondWorker/shareNetwork';
import type { SecondWorker } from '../secondWorker/startSecondWorker';
import { oneAtATime } from './oneAtATime';
import { openNetwork, type OpenNetwork } from './openNetwork';
import { parityKey, type ParityMemory } from './parityMemory';
import { RecoverableFailure } from './recoverableFailure';

/** Both networks, ready to run on what was chosen. */
export interface NetworkPair {
  readonly anatomy: OpenNetwork;
  readonly infarct: OpenNetwork;
  readonly choice: ProviderChoice;
  /** Bytes of models that came over the network. */
  readonly downloadedBytes: number;
  readonly loadMs: number;
  /**
   * Whether these networks still compute what they computed when they were opened: one slice each. A GPU that
   * was lost, or whose memory could not be read back, may hand over zeros without an error, and zeros are a
   * brain without an infarct.
   *
   * @throws RecoverableFailure `device-lost`; nothing on WebAssembly, which fails loudly
   */
  verify(tasks: readonly NetworkTask[]): Promise<void>;
  close(): Promise<void>;
}

export interface PairConfiguration {
  readonly models: Readonly<Record<NetworkTask, string>>;
  readonly provider: 'auto' | 'webgpu' | 'wasm';
  /** At most this many WebAssembly threads; undefined leaves it to the environment. */
  readonly maxThreads?: number;
}

export interface PairDependencies extends LoadModelOptions {
  readonly environment: RuntimeEnvironment;
  readonly parityMemory: ParityMemory;
  loadRuntime(choice: ProviderChoice): Promise<OnnxRuntime>;
  /** Starts a second worker with this many threads, which need not compile what is `compiled`. */
  startSecondWorker(threads: number, compiled: WebAssembly.Module | undefined): Promise<SecondWorker>;
  /** Bytes of both models that are at hand, and in all. */
  onProgress?(done: number, total: number): void;
  /** Called when the GPU's device goes away under the sessions. */
  onDeviceLost?(message: string): void;
}

/**
 * Chooses a provider, loads both models and opens a session for each. On WebGPU, a network that has not
 * proved itself on this adapter runs one slice on both providers first.
 *
 * @throws Refusal when a model cannot be had; RecoverableFailure `gpu-unusable` when WebGPU fails or computes
 * something else than WebAssembly
 */
export async function openNetworkPair(
  configuration: PairConfiguration,
  dependencies: PairDependencies
): Promise<NetworkPair> {
  const started = performance.now();
  const [chosen, models] = await Promise.all([
    chooseProvider(configuration.provider, dependencies.environment, configuration.maxThreads),
    loadModels(configuration.models, dependencies),
  ]);
  const choice = await withoutKnownMismatch(chosen, models, dependencies);
  const loaded = await dependencies.loadRuntime(choice);
  const runtime = choice.provider === 'webgpu' ? oneAtATime(loaded) : loaded;
  const networks = await openBoth(runtime, models, choice, dependencies);
  let verify: NetworkPair['verify'] = () => Promise.resolve();
  if (choice.provider === 'webgpu') {
    await proveParity(runtime, models, networks, choice, dependencies);
    watchDevice(runtime, dependencies);
    const sentinels = await takeSentinels(networks, choice);
    verify = tasks => compareSentinels(networks, sentinels, tasks);
  }
  const [anatomy, infarct] = networks;
  return {
    anatomy,
    infarct,
    choice,
    downloadedBytes: models.reduce((sum, model) => sum + model.downloadedBytes, 0),
    loadMs: performance.now() - started,
    verify,
    close: async () => {
      await anatomy.close();
      await infarct.close();
    },
  };
}

/** Both models, anatomy first. */
async function loadModels(
  urls: PairConfiguration['models'],
  dependencies: PairDependencies
): Promise<readonly LoadedModel[]> {
  const tasks: readonly NetworkTask[] = ['anatomy', 'infarct'];
  const manifests = await Promise.all(tasks.map(task => loadManifest(urls[task], task, dependencies)));
  const total = manifests.reduce((sum, manifest) => sum + modelBytes(manifest), 0);
  const received = tasks.map(() => 0);
  return Promise.all(
    manifests.map((manifest, index) =>
      loadModel(manifest, urls[manifest.task], {
        ...dependencies,
        onBytes: bytes => {
          received[index] = bytes;
          dependencies.onProgress?.(received[0] + received[1], total);
        },
      })
    )
  );
}

/**
 * A GPU that failed the self-test on an earlier visit is not tried again, and its larger runtime not fetched.
 */
async function withoutKnownMismatch(
  choice: ProviderChoice,
  models: readonly LoadedModel[],
  { parityMemory, environment }: PairDependencies
): Promise<ProviderChoice> {
  if (choice.provider !== 'webgpu') {
    return choice;
  }
  for (const { manifest } of models) {
    const known = await parityMemory.recall(parityKey(choice.adapter, manifest.sha256, RUNTIME_VERSION));
    if (known === false) {
      const reason = mismatchReason(choice, manifest.task, 'found on an earlier visit');
      return chooseCpu(threadCount(environment), reason);
    }
  }
  return choice;
}

async function openBoth(
  runtime: OnnxRuntime,
  [anatomyModel, infarctModel]: readonly LoadedModel[],
  choice: ProviderChoice,
  dependencies: PairDependencies
): Promise<readonly OpenNetwork[]> {
  try {
    const inSecondWorker =
      choice.secondWorkerThreads > 0
        ? openInSecondWorker(infarctModel, choice.secondWorkerThreads, runtime, dependencies)
        : undefined;
    const anatomy = await openNetwork(runtime, anatomyModel, choice.provider);
    const second = await inSecondWorker;
    return second
      ? [shareNetwork(anatomy, anatomyModel, second.worker), second.network]
      : // One after the other: the runtime refuses to be initialised twice at once.
        [anatomy, await openNetwork(runtime, infarctModel, choice.provider)];
  } catch (error) {
    throw choice.provider === 'webgpu' ? asGpuFailure(error, choice) : error;
  }
}

/** Undefined in a browser that has no second worker for us: there both networks run in this one. */
async function openInSecondWorker(
  model: LoadedModel,
  threads: number,
  { compiled }: OnnxRuntime,
  { startSecondWorker }: PairDependencies
): Promise<{ readonly worker: SecondWorker; readonly network: OpenNetwork } | undefined> {
  try {
    const worker = await startSecondWorker(threads, compiled);
    return { worker, network: await worker.open(model) };
  } catch {
    return undefined;
  }
}

/** One slice on WebGPU against WebAssembly, for each network that has not passed on this adapter yet. */
async function proveParity(
  runtime: OnnxRuntime,
  models: readonly LoadedModel[],
  networks: readonly OpenNetwork[],
  choice: ProviderChoice,
  { parityMemory }: PairDependencies
): Promise<void> {
  for (const [index, model] of models.entries()) {
    const { manifest } = model;
    const key = parityKey(choice.adapter, manifest.sha256, RUNTIME_VERSION);
    if (await parityMemory.recall(key)) {
      continue;
    }
    const slice = selfTestSlice(manifest.input);
    const tested = await runAlone(networks[index], slice.slice()).catch((error: unknown) => {
      throw asGpuFailure(error, choice);
    });
    const onCpu = await openNetwork(runtime, model, 'wasm');
    const reference = await runAlone(onCpu, slice);
    await onCpu.close();
    const { agrees, summary } = compareOutputs(reference, tested, manifest.output.encoding);
    await parityMemory.remember(key, agrees);
    if (!agrees) {
      throw new RecoverableFailure('gpu-unusable', mismatchReason(choice, manifest.task, summary));
    }
  }
}

/** What each network makes of the test slice now. */
async function takeSentinels(
  networks: readonly OpenNetwork[],
  choice: ProviderChoice
): Promise<readonly Uint8Array[]> {
  const sentinels: Uint8Array[] = [];
  for (const network of networks) {
    const sentinel = await runAlone(network, selfTestSlice(network.manifest.input)).catch(
      (error: unknown) => {
        throw asGpuFailure(error, choice);
      }
    );
    sentinels.push(sentinel);
  }
  return sentinels;
}

async function compareSentinels(
  networks: readonly OpenNetwork[],
  sentinels: readonly Uint8Array[],
  tasks: readonly NetworkTask[]
): Promise<void> {
  for (const [index, network] of networks.entries()) {
    const { task, input, output } = network.manifest;
    if (!tasks.includes(task)) {
      continue;
    }
    const found = await runAlone(network, selfTestSlice(input)).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RecoverableFailure('device-lost', `the ${task} network does not run any more: ${reason}`);
    });
    const { agrees, summary } = compareOutputs(sentinels[index], found, output.encoding);
    if (!agrees) {
      throw new RecoverableFailure(
        'device-lost',
        `the ${task} network does not compute what it did before: ${summary}`
      );
    }
  }
}

function mismatchReason(choice: ProviderChoice, task: NetworkTask, finding: string): string {
  return `the GPU (${choice.adapter}) computes the ${task} network differently from the processor (${finding})`;
}

function asGpuFailure(error: unknown, choice: ProviderChoice): Error {
  if (error instanceof Refusal) {
    return error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new RecoverableFailure(
    'gpu-unusable',
    `the GPU (${choice.adapter}) cannot run the networks: ${reason}`
  );
}

function watchDevice(runtime: OnnxRuntime, { onDeviceLost }: PairDependencies): void {
  // The runtime's own device; typed by a global that TypeScript's DOM library does not have yet.
  const device = runtime.env.webgpu.device as unknown as Promise<GpuDevice | undefined>;
  void Promise.resolve(device)
    .then(async found => {
      const loss = await found?.lost;
      // `destroyed` is our own doing: sessions that were closed.
      if (loss && loss.reason !== 'destroyed') {
        onDeviceLost?.(loss.message || 'the GPU device was lost');
      }
    })
    .catch(() => undefined);
}

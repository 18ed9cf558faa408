import type { Gpu, GpuAdapter, RuntimeEnvironment } from './environment';

/**
 * Which of onnxruntime-web's builds is fetched: each is a WebAssembly file of 14 to 27 MB, and only
 * one is needed.
 */
export type RuntimeBuild = 'wasm' | 'webgpu-jspi' | 'webgpu-asyncify';

export interface ProviderChoice {
  readonly provider: 'webgpu' | 'wasm';
  readonly build: RuntimeBuild;
  /**
   * WebAssembly threads of the worker; also those of the few operators that a WebGPU session runs on the CPU.
   */
  readonly threads: number;
  /**
   * WebAssembly threads of a second worker that runs the infarct network meanwhile; 0 where one
   * worker runs both.
   */
  readonly secondWorkerThreads: number;
  /** For a reader: `nvidia ampere`, or `CPU, 2 threads`. */
  readonly adapter: string;
  /** Why WebGPU is not used although it was asked for or is there; undefined where nothing was given up. */
  readonly fallbackReason?: string;
}

/**
 * The largest activation of a 224x224 U-Net is 13 MB and the weights 25 MB: WebGPU's guaranteed
 * minimum is enough.
 */
const NEEDED_BUFFER_BYTES = 128 * 1024 * 1024;
const MOST_THREADS = 8;

/**
 * Decides what to run on. With `auto`, WebGPU where a real GPU can be used, else WebAssembly, in
 * silence where there is no GPU at all. With `webgpu`, also a software adapter is used. With `wasm`,
 * WebGPU is not touched.
 *
 * @param wanted `provider` of the configuration
 * @param maxThreads upper bound of WebAssembly threads, whatever the machine has
 */
export async function chooseProvider(
  wanted: 'auto' | 'webgpu' | 'wasm',
  environment: RuntimeEnvironment,
  maxThreads: number = MOST_THREADS
): Promise<ProviderChoice> {
  const threads = Math.min(maxThreads, threadCount(environment));
  const onCpu = (fallbackReason?: string): ProviderChoice => chooseCpu(threads, fallbackReason);
  if (wanted === 'wasm') {
    return onCpu();
  }
  const adapter = await requestAdapter(environment.gpu);
  if (!adapter) {
    return onCpu(wanted === 'webgpu' ? 'this browser offers no WebGPU adapter' : undefined);
  }
  if (wanted === 'auto' && isSoftware(adapter)) {
    return onCpu();
  }
  const unusable = await whyUnusable(adapter);
  if (unusable) {
    return onCpu(unusable);
  }
  const build = environment.hasJspi ? 'webgpu-jspi' : 'webgpu-asyncify';
  const own = environment.crossOriginIsolated ? threads : 1;
  return {
    provider: 'webgpu',
    build,
    threads: own,
    secondWorkerThreads: 0,
    adapter: describeAdapter(adapter),
  };
}

/**
 * WebAssembly threads to use, of all workers. Two logical cores are both taken (the budget was measured so);
 * from more, a quarter is left to the viewer, whose scrolling and rendering must not wait. A page that is not
 * isolated has no threads within a worker, but can have two workers.
 */
export function threadCount(environment: RuntimeEnvironment): number {
  const cores = Math.max(1, environment.hardwareConcurrency);
  const most = environment.crossOriginIsolated ? MOST_THREADS : 2;
  return Math.min(most, Math.max(Math.min(2, cores), Math.floor(cores * 0.75)));
}

/**
 * WebAssembly with this many threads, half of them in a second worker: a network on one thread loses
 * nothing, while two threads of one network wait for each other in every operator (measured: half as much
 * processor time again).
 *
 * @param fallbackReason what was given up for it
 */
export function chooseCpu(threads: number, fallbackReason?: string): ProviderChoice {
  return {
    provider: 'wasm',
    build: 'wasm',
    threads: Math.ceil(threads / 2),
    secondWorkerThreads: Math.floor(threads / 2),
    adapter: `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    fallbackReason,
  };
}

async function requestAdapter(gpu: Gpu | undefined): Promise<GpuAdapter | null> {
  const request = () => gpu?.requestAdapter({ powerPreference: 'high-performance' });
  try {
    // A browser whose GPU process has just started answers null at first (measured with Chromium 156); where
    // there is no GPU the second answer takes some 10 ms.
    return (await request()) ?? (await request()) ?? null;
  } catch {
    return null;
  }
}

function isSoftware(adapter: GpuAdapter): boolean {
  const text = describeAdapter(adapter);
  return (
    adapter.info?.isFallbackAdapter === true ||
    adapter.isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe|basic render/i.test(text)
  );
}

async function whyUnusable(adapter: GpuAdapter): Promise<string | undefined> {
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  if (Math.min(maxBufferSize, maxStorageBufferBindingSize) < NEEDED_BUFFER_BYTES) {
    return 'the GPU allows only buffers that are too small for the networks';
  }
  try {
    // Drivers that offer an adapter and then fail are common enough to try; the runtime makes its
    // own device later.
    const device = await adapter.requestDevice();
    device.destroy();
    return undefined;
  } catch (error) {
    return `the GPU gives no device (${error instanceof Error ? error.message : String(error)})`;
  }
}

function describeAdapter(adapter: GpuAdapter): string {
  const { vendor, architecture, device, description } = adapter.info ?? {};
  const parts = [vendor, architecture, device, description].filter(part => part);
  return parts.length > 0 ? parts.join(' ') : 'unnamed GPU';
}

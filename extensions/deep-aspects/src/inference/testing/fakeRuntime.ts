import type { ModelManifest } from '@deep-aspects/aspects/scoring';
import type { GpuAdapter, RuntimeEnvironment } from '../runtime/environment';
import type { OnnxRuntime } from '../runtime/loadRuntime';

/** For tests: a browser without a GPU, with two cores and threads; overridden by what a test is about. */
export function fakeEnvironment(overrides: Partial<RuntimeEnvironment> = {}): RuntimeEnvironment {
  return { gpu: undefined, crossOriginIsolated: true, hardwareConcurrency: 2, hasJspi: true, ...overrides };
}

/** For tests: an adapter with WebGPU's guaranteed limits. */
export function fakeAdapter(overrides: Partial<GpuAdapter> = {}): GpuAdapter {
  return {
    info: { vendor: 'acme', architecture: 'anvil' },
    limits: { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 },
    requestDevice: async () => ({ lost: new Promise(() => undefined), destroy: () => undefined }),
    ...overrides,
  };
}

export function environmentWithGpu(adapter: GpuAdapter | null, more: Partial<RuntimeEnvironment> = {}) {
  return fakeEnvironment({ gpu: { requestAdapter: async () => adapter }, ...more });
}

export interface FakeRuntime extends OnnxRuntime {
  /** `create webgpu`, `run wasm`, `release webgpu`, in order. */
  readonly log: string[];
  /** The most sessions that ran at one time. */
  mostAtOnce: number;
}

/**
 * For tests: a runtime whose sessions answer with a plane that `plane` makes, whatever the input.
 *
 * @param plane called with the provider that the session was made for; may throw
 */
export function fakeRuntime(
  manifests: readonly ModelManifest[],
  plane: (provider: string, manifest: ModelManifest) => Uint8Array,
  device: Promise<unknown> = Promise.resolve(undefined)
): FakeRuntime {
  const log: string[] = [];
  let running = 0;
  const fake: FakeRuntime = {
    log,
    mostAtOnce: 0,
    env: { wasm: {}, webgpu: { device }, logLevel: 'error' } as unknown as OnnxRuntime['env'],
    InferenceSession: {
      async create(model, options) {
        const provider = String(options.executionProviders?.[0]);
        // The fake models' first byte says which manifest they belong to.
        const manifest = manifests[model[0]];
        log.push(`create ${provider}`);
        return {
          async run() {
            log.push(`run ${provider}`);
            fake.mostAtOnce = Math.max(fake.mostAtOnce, ++running);
            // A GPU's answer is waited for.
            await Promise.resolve();
            running--;
            const data = plane(provider, manifest);
            const tensor = { type: 'uint8', dims: [data.length], data, dispose: () => undefined };
            return { [manifest.output.name]: tensor } as never;
          },
          async release() {
            log.push(`release ${provider}`);
          },
        };
      },
    },
    Tensor: class {} as unknown as OnnxRuntime['Tensor'],
  };
  return fake;
}

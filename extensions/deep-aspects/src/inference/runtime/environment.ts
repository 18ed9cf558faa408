/** The parts of WebGPU that are asked here; TypeScript's DOM library has no WebGPU types yet. */
export interface GpuAdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

export interface GpuDevice {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  destroy(): void;
}

export interface GpuAdapter {
  readonly info?: GpuAdapterInfo;
  /** Where older browsers say it. */
  readonly isFallbackAdapter?: boolean;
  readonly limits: { readonly maxBufferSize: number; readonly maxStorageBufferBindingSize: number };
  requestDevice(): Promise<GpuDevice>;
}

export interface Gpu {
  requestAdapter(options?: {
    powerPreference?: 'low-power' | 'high-performance';
  }): Promise<GpuAdapter | null>;
}

/** What a browser offers to run a network on. */
export interface RuntimeEnvironment {
  readonly gpu: Gpu | undefined;
  /**
   * Cross-origin isolation (COOP and COEP headers): shared memory, and so WebAssembly threads,
   * exist only with it.
   */
  readonly crossOriginIsolated: boolean;
  readonly hardwareConcurrency: number;
  /** JavaScript Promise Integration: the WebGPU build that uses it is 10 MB smaller. */
  readonly hasJspi: boolean;
}

/** Reads the environment of the worker (or window) that this runs in. */
export function currentEnvironment(): RuntimeEnvironment {
  const browser = globalThis.navigator as (Navigator & { gpu?: Gpu }) | undefined;
  return {
    gpu: browser?.gpu,
    crossOriginIsolated: globalThis.crossOriginIsolated === true,
    hardwareConcurrency: browser?.hardwareConcurrency ?? 1,
    hasJspi: 'Suspending' in WebAssembly,
  };
}

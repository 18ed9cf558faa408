import { cpus } from 'node:os';
import type { ModelManifest, Runtime } from "@deep-aspects/aspects/scoring";
import { loadModels, type LoadedNetworks } from './loadModels';
import type { SessionOptions } from './onnxNetwork';

/** The pair of networks of one process: loaded at first use, so that a localizer is refused without them. */
export class Networks {
  private loading?: Promise<LoadedNetworks & { readonly loadMs: number }>;
  private given = false;

  constructor(
    private readonly folder: string,
    private readonly options: SessionOptions
  ) {}

  /** `loadMs` is the time that this call spent on loading: it is not 0 once only. */
  async get(): Promise<LoadedNetworks & { readonly loadMs: number }> {
    this.loading ??= this.load();
    const loaded = await this.loading;
    const loadMs = this.given ? 0 : loaded.loadMs;
    this.given = true;
    return { ...loaded, loadMs };
  }

  /** What a result says of the runtime. */
  runtime({ precision }: ModelManifest): Pick<Runtime, 'provider' | 'adapter' | 'precision'> {
    const { provider } = this.options;
    return {
      provider,
      adapter: provider === 'cpu' ? (cpus()[0]?.model ?? 'CPU') : 'default adapter',
      precision,
    };
  }

  private async load(): Promise<LoadedNetworks & { readonly loadMs: number }> {
    const started = performance.now();
    const pair = await loadModels(this.folder, this.options);
    return { ...pair, loadMs: performance.now() - started };
  }
}

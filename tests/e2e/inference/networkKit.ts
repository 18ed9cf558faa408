import { type NetworkTask, runAlone } from '@deep-aspects/aspects/scoring';
import {
  chooseProvider,
  currentEnvironment,
  loadManifest,
  loadModel,
  loadRuntime,
  openModelCache,
  openNetwork,
} from 'ohif-extension-deep-aspects/inference';

/**
 * Starts the runtime in this page as the product's worker does, on one thread, and runs networks on it by
 * themselves: no engine, so no self-test and no warm-up, which WebGPU in software takes minutes for.
 *
 * @param assetsUrl absolute URL of the plugin's folder, with a trailing slash
 */
export async function startNetworks(provider: 'wasm' | 'webgpu', assetsUrl: string) {
  const choice = await chooseProvider(provider, currentEnvironment(), 1);
  // Not from what is compiled already: a page, unlike a worker, may not instantiate so much at once.
  const runtime = await loadRuntime(choice, assetsUrl, false);
  return {
    /** What was chosen, which need not be what was asked for. */
    choice,
    /** One inference. The session stays open: WebGPU keeps its compiled shaders while one is. */
    async run(manifestUrl: string, task: NetworkTask, values: Float32Array): Promise<Uint8Array> {
      const options = {
        fetch: (url: string, init?: RequestInit) => fetch(url, init),
        cache: openModelCache(),
      };
      const manifest = await loadManifest(manifestUrl, task, options);
      const model = await loadModel(manifest, manifestUrl, options);
      return runAlone(await openNetwork(runtime, model, choice.provider), values);
    },
  };
}

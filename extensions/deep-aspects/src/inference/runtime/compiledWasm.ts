import { fetchChecked } from './integrity';

/**
 * Fetches, checks and compiles a build's WebAssembly; the browser may keep the compiled code.
 *
 * @param assetsUrl absolute URL of the plugin's folder, with a trailing slash
 * @returns undefined where it cannot be compiled so, as from a server that calls it something else: the
 *   runtime has other ways to do it, and words for what is wrong
 * @throws Error where the file is not there or is not the one of this build
 */
export async function compiledWasm(url: string, assetsUrl: string): Promise<WebAssembly.Module | undefined> {
  const response = await fetchChecked(url, assetsUrl);
  return WebAssembly.compileStreaming(response).catch(() => undefined);
}

/** What Emscripten's loaders call instead of fetching and compiling, where it is given. */
type InstantiateWasm = (
  imports: WebAssembly.Imports,
  done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void
) => object;

/** Where a loader finds the function: a script at a blob's address is given nothing else. */
const HOOK = '__deepAspectsInstantiateWasm';

/**
 * A loader of the runtime that uses what is compiled already. For a worker: a page may not instantiate as
 * much as this at once.
 *
 * @param loader address of the runtime's own one, whose default export takes its options
 * @returns its address, a blob's
 */
export function loaderWith(wasm: WebAssembly.Module, loader: string): string {
  // At once, not by a promise: the runtime waits for `done` alone, and what is thrown here is its failure.
  const instantiateWasm: InstantiateWasm = (imports, done) => {
    done(new WebAssembly.Instance(wasm, imports), wasm);
    return {};
  };
  Object.assign(globalThis, { [HOOK]: instantiateWasm });
  const script = `import load from ${JSON.stringify(loader)};
export default options => load({ ...options, instantiateWasm: globalThis.${HOOK} });`;
  return URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
}

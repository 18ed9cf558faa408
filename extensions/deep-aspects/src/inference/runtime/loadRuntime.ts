import type * as Ort from 'onnxruntime-web';
import { Refusal } from '@deep-aspects/aspects/series';
import type { ProviderChoice, RuntimeBuild } from './chooseProvider';
import { compiledWasm, loaderWith } from './compiledWasm';
import { checkIntegrity } from './integrity';

/** The seam to onnxruntime-web: what is used of a loaded build. */
export interface OnnxRuntime {
  readonly env: Pick<Ort.Env, 'wasm' | 'webgpu' | 'logLevel'>;
  readonly InferenceSession: {
    create(model: Uint8Array, options: Ort.InferenceSession.SessionOptions): Promise<Session>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Ort.Tensor;
  /** Its WebAssembly, for another worker; undefined where the runtime fetches and compiles it by itself. */
  readonly compiled?: WebAssembly.Module;
}

export interface Session {
  run(
    feeds: Readonly<Record<string, Ort.Tensor>>,
    outputs: readonly string[]
  ): Promise<Ort.InferenceSession.ReturnType>;
  release(): Promise<void>;
}

/** Also the version that a remembered self-test holds for. */
export const RUNTIME_VERSION = '1.30.0';

/**
 * The runtime's own names (onnxruntime-web 1.30 `dist/`); the build copies `.wasm`, and `.mjs` as `.js`, next
 * to the worker.
 */
const FILES: Readonly<Record<RuntimeBuild, string>> = {
  wasm: 'ort-wasm-simd-threaded',
  'webgpu-jspi': 'ort-wasm-simd-threaded.jspi',
  'webgpu-asyncify': 'ort-wasm-simd-threaded.asyncify',
};

/**
 * Loads one build of onnxruntime-web and sets where its WebAssembly comes from and how many threads it has.
 * The file of 14 to 27 MB is fetched and compiled once for all workers; only where a policy forbids that
 * does the runtime of each do so, when the first session is made.
 *
 * @param assetsUrl absolute URL of the folder of the runtime's files, with a trailing slash
 * @param allowBlobUrls whether the page's policy lets workers start from `blob:` addresses
 * @param compiled the WebAssembly where another worker has compiled it
 */
export async function loadRuntime(
  choice: Pick<ProviderChoice, 'build' | 'threads'>,
  assetsUrl: string,
  allowBlobUrls: boolean,
  compiled?: WebAssembly.Module
): Promise<OnnxRuntime> {
  const file = new URL(FILES[choice.build], assetsUrl).href;
  const [runtime, blobsAllowed] = await Promise.all([
    importBuild(choice.build),
    allowBlobUrls && blobsMayBeImported(),
    check(`${file}.js`, assetsUrl),
  ]);
  const { env, InferenceSession, Tensor } = runtime;
  env.logLevel = 'error';
  env.wasm.numThreads = choice.threads;
  const own = { mjs: `${file}.js`, wasm: `${file}.wasm` };
  const common = { env, InferenceSession, Tensor };
  if (!blobsAllowed) {
    await check(own.wasm, assetsUrl);
    env.wasm.wasmPaths = own;
    return common;
  }
  const [loader, wasm] = await Promise.all([
    scriptAsBlobUrl(own.mjs),
    compiled ??
      compiledWasm(own.wasm, assetsUrl).catch(error => Promise.reject(missing(own.wasm, messageOf(error)))),
  ]);
  env.wasm.wasmPaths = { ...own, mjs: wasm ? loaderWith(wasm, loader) : loader };
  return { ...common, compiled: wasm };
}

// Eager: the three are small (50 to 70 kB), and a chunk of their own could not be found from a blob worker.
function importBuild(build: RuntimeBuild): Promise<OnnxRuntime> {
  switch (build) {
    case 'wasm':
      return import(/* webpackMode: "eager" */ 'onnxruntime-web/wasm');
    case 'webgpu-jspi':
      return import(/* webpackMode: "eager" */ 'onnxruntime-web/jspi');
    case 'webgpu-asyncify':
      return import(/* webpackMode: "eager" */ 'onnxruntime-web/webgpu');
  }
}

/**
 * A policy may let workers start from blobs (`worker-src`) and yet not let them import one
 * (`script-src`): tried here.
 */
async function blobsMayBeImported(): Promise<boolean> {
  const url = URL.createObjectURL(new Blob(['export {};'], { type: 'text/javascript' }));
  try {
    await import(/* webpackIgnore: true */ url);
    return true;
  } catch {
    return false;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * The loader script as a blob of this origin. Its thread workers may not start from another origin, and under
 * COEP each of them would need the server's headers too: a blob has the origin and the policy of the page.
 */
async function scriptAsBlobUrl(url: string): Promise<string> {
  const response = await fetch(url).catch((error: unknown) => {
    throw missing(url, messageOf(error));
  });
  if (!response.ok) {
    throw missing(url, `the server answers ${response.status}`);
  }
  const script = new Blob([await response.arrayBuffer()], { type: 'text/javascript' });
  return URL.createObjectURL(script);
}

async function check(url: string, assetsUrl: string): Promise<void> {
  await checkIntegrity(url, assetsUrl).catch((error: unknown) => {
    throw missing(url, messageOf(error));
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function missing(url: string, reason: string): Refusal {
  return new Refusal(
    'MODEL_UNAVAILABLE',
    `The program that runs the networks could not be loaded from ${url}: ${reason}. ` +
      "Check that all files of the plugin's folder are on the server and that assetsUrl points there.",
    { url, reason }
  );
}

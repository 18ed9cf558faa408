import type * as Ort from 'onnxruntime-web';
import { Refusal } from '@deep-aspects/aspects/series';
import type { ProviderChoice, RuntimeBuild } from './chooseProvider';
import { checkIntegrity } from './integrity';

/** The seam to onnxruntime-web: what is used of a loaded build. */
export interface OnnxRuntime {
  readonly env: Pick<Ort.Env, 'wasm' | 'webgpu' | 'logLevel'>;
  readonly InferenceSession: {
    create(model: Uint8Array, options: Ort.InferenceSession.SessionOptions): Promise<Session>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Ort.Tensor;
}

export type Session = Pick<Ort.InferenceSession, 'run' | 'release'>;

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
 * The file of 14 to 27 MB is fetched by the runtime itself when the first session is made, so that the
 * browser may compile it while it arrives and keep the compiled code.
 *
 * @param assetsUrl absolute URL of the folder of the runtime's files, with a trailing slash
 * @param allowBlobUrls whether the page's policy lets workers start from `blob:` addresses
 */
export async function loadRuntime(
  choice: Pick<ProviderChoice, 'build' | 'threads'>,
  assetsUrl: string,
  allowBlobUrls: boolean
): Promise<OnnxRuntime> {
  const file = new URL(FILES[choice.build], assetsUrl).href;
  const [runtime] = await Promise.all([
    importBuild(choice.build),
    check(`${file}.js`, assetsUrl),
    check(`${file}.wasm`, assetsUrl),
  ]);
  runtime.env.logLevel = 'error';
  runtime.env.wasm.numThreads = choice.threads;
  runtime.env.wasm.wasmPaths = {
    mjs: allowBlobUrls && (await blobsMayBeImported()) ? await scriptAsBlobUrl(`${file}.js`) : `${file}.js`,
    wasm: `${file}.wasm`,
  };
  return runtime;
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
    throw missing(url, error instanceof Error ? error.message : String(error));
  });
  if (!response.ok) {
    throw missing(url, `the server answers ${response.status}`);
  }
  const script = new Blob([await response.arrayBuffer()], { type: 'text/javascript' });
  return URL.createObjectURL(script);
}

async function check(url: string, assetsUrl: string): Promise<void> {
  await checkIntegrity(url, assetsUrl).catch((error: Error) => {
    throw missing(url, error.message);
  });
}

function missing(url: string, reason: string): Refusal {
  return new Refusal(
    'MODEL_UNAVAILABLE',
    `The program that runs the networks could not be loaded from ${url}: ${reason}. ` +
      "Check that all files of the plugin's folder are on the server and that assetsUrl points there.",
    { url, reason }
  );
}

import type * as Ort from 'onnxruntime-web';
import {
  type Graph,
  type ModelManifest,
  networkOnGraphs,
  type SegmentationNetwork,
} from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import type { LoadedModel } from '../models/loadModel';
import type { OnnxRuntime, Session } from './loadRuntime';
import { asRecoverableFailure } from './recoverableFailure';

/** A network with sessions of the runtime behind it. */
export type OpenNetwork = SegmentationNetwork & {
  /** Frees the sessions' memory; the network cannot run any more. */
  close(): Promise<void>;
};

/**
 * Makes the sessions for a model.
 *
 * @throws Refusal `MODEL_UNAVAILABLE` when WebAssembly cannot use the file; RecoverableFailure when WebGPU
 * cannot, or when memory runs out
 */
export async function openNetwork(
  runtime: OnnxRuntime,
  model: LoadedModel,
  provider: 'webgpu' | 'wasm'
): Promise<OpenNetwork> {
  const { manifest, bytes, encoderBytes } = model;
  const main = await createSession(runtime, manifest, bytes, provider);
  const encoder = encoderBytes && (await createSession(runtime, manifest, encoderBytes, provider));
  return {
    ...networkOnGraphs(manifest, graphOf(runtime, main), encoder && graphOf(runtime, encoder)),
    close: async () => {
      await release(main);
      await (encoder && release(encoder));
    },
  };
}

function graphOf(runtime: OnnxRuntime, session: Session): Graph {
  return async (inputs, output) => {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { data, dims }]) => [
        name,
        new runtime.Tensor('float32', data, dims),
      ])
    );
    const tensor = (await session.run(feeds, [output]))[output] as Ort.Tensor | undefined;
    if (!tensor) {
      return undefined;
    }
    const { type, dims, data } = tensor;
    // A copy: the runtime may use the memory behind its tensor again.
    const copy = data instanceof Uint8Array || data instanceof Float32Array ? data.slice() : undefined;
    tensor.dispose();
    return { type, dims, data: copy };
  };
}

/** What browsers say where a policy keeps WebAssembly from being compiled. */
const FORBIDDEN = /Content Security Policy|blocked by CSP/i;

async function createSession(
  runtime: OnnxRuntime,
  manifest: ModelManifest,
  bytes: Uint8Array,
  provider: 'webgpu' | 'wasm'
): Promise<Session> {
  try {
    return await runtime.InferenceSession.create(bytes, sessionOptions(provider));
  } catch (error) {
    const failure = asRecoverableFailure(error);
    // There is nothing to fall back to from WebAssembly: what it cannot load is not to be had.
    if (provider === 'webgpu' || failure.kind !== 'crash') {
      throw failure;
    }
    const advice = FORBIDDEN.test(failure.message)
      ? "The page's Content-Security-Policy must have 'wasm-unsafe-eval' in script-src."
      : "Check that all files of the plugin's folder are on the server, and that the model was exported for " +
        'onnxruntime-web 1.30.';
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `The ${manifest.task} network could not be started (${failure.message}). ${advice}`,
      { task: manifest.task, name: manifest.name, reason: failure.message }
    );
  }
}

function sessionOptions(provider: 'webgpu' | 'wasm'): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    // Errors only: the warnings are about operators that WebGPU leaves to the processor, which is
    // as it should be.
    logSeverityLevel: 3,
  };
}

async function release(session: Session): Promise<void> {
  // A session whose device is lost cannot be released in order; its worker ends anyway.
  await session.release().catch(() => undefined);
}

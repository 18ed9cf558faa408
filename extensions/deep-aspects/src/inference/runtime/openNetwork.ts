import type * as Ort from 'onnxruntime-common';
import type { SegmentationNetwork } from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import type { LoadedModel } from '../models/loadModel';
import type { OnnxRuntime, Session } from './loadRuntime';
import { asRecoverableFailure } from './recoverableFailure';

/** A network with a session of the runtime behind it. */
export interface OpenNetwork extends SegmentationNetwork {
  /** Frees the session's memory; the network cannot run any more. */
  close(): Promise<void>;
}

/**
 * Makes a session for a model.
 *
 * @throws Refusal `MODEL_UNAVAILABLE` when WebAssembly cannot use the file; RecoverableFailure when WebGPU cannot, or
 * when memory runs out
 */
export async function openNetwork(
  runtime: OnnxRuntime,
  model: LoadedModel,
  provider: 'webgpu' | 'wasm'
): Promise<OpenNetwork> {
  const session = await createSession(runtime, model, provider);
  const { input, output, task } = model.manifest;
  const shape = [1, input.channels.length, input.size, input.size];
  const pixels = input.size * input.size;
  return {
    manifest: model.manifest,
    async run(values) {
      const feeds = { [input.name]: new runtime.Tensor('float32', values, shape) };
      return readPlane(await session.run(feeds, [output.name]), output.name, pixels, task);
    },
    close: () => release(session),
  };
}

async function createSession(
  runtime: OnnxRuntime,
  { bytes, manifest }: LoadedModel,
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
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `The ${manifest.task} network could not be started (${failure.message}). Check that all files of the plugin's ` +
        'folder are on the server, and that the model was exported for onnxruntime-web 1.30.',
      { task: manifest.task, name: manifest.name, reason: failure.message }
    );
  }
}

function sessionOptions(provider: 'webgpu' | 'wasm'): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    // Errors only: the warnings are about operators that WebGPU leaves to the processor, which is as it should be.
    logSeverityLevel: 3,
  };
}

function readPlane(
  outputs: Ort.InferenceSession.OnnxValueMapType,
  name: string,
  pixels: number,
  task: string
): Uint8Array {
  const tensor = outputs[name] as Ort.Tensor | undefined;
  const data = tensor?.data;
  if (!(data instanceof Uint8Array) || data.length !== pixels) {
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `The ${task} network's output "${name}" is ${tensor ? `${tensor.type} [${tensor.dims.join(', ')}]` : 'missing'} ` +
        `and not uint8 with ${pixels} values, as its manifest says. Use the manifest that belongs to the model.`,
      { task, output: name }
    );
  }
  // A copy: the runtime may use the memory behind its tensor again.
  const plane = data.slice();
  tensor?.dispose();
  return plane;
}

async function release(session: Session): Promise<void> {
  // A session whose device is lost cannot be released in order; its worker ends anyway.
  await session.release().catch(() => undefined);
}

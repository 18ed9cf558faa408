import type * as Ort from 'onnxruntime-common';
import type { SegmentationNetwork } from '../../core/pipeline/types';
import { Refusal } from '../../core/series/refusal';
import type { LoadedModel } from '../models/loadModel';
import type { OnnxRuntime, Session } from './loadRuntime';

/** A network with a session of the runtime behind it. */
export interface OpenNetwork extends SegmentationNetwork {
  /** Frees the session's memory; the network cannot run any more. */
  close(): Promise<void>;
}

/**
 * Makes a session for a model.
 *
 * @throws Refusal `MODEL_UNAVAILABLE` when the runtime cannot use the file; anything else that the runtime throws for
 * want of memory or of a device passes through, for the caller to recover from
 */
export async function openNetwork(
  runtime: OnnxRuntime,
  model: LoadedModel,
  provider: 'webgpu' | 'wasm'
): Promise<OpenNetwork> {
  const session = await runtime.InferenceSession.create(model.bytes, sessionOptions(provider));
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

function sessionOptions(provider: 'webgpu' | 'wasm'): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
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

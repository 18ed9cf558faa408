import type { InferenceSession as Session } from 'onnxruntime-node';
import {
  type Graph,
  type ModelManifest,
  networkOnGraphs,
  type SegmentationNetwork,
} from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';

/** A network's manifest and the bytes of its files. */
export interface ModelFiles {
  readonly manifest: ModelManifest;
  readonly bytes: Uint8Array;
  /** The first part of a network that sees through the stack. */
  readonly encoderBytes?: Uint8Array;
}

export type NodeProvider = 'cpu' | 'webgpu';

export interface SessionOptions {
  readonly provider: NodeProvider;
  /** Threads within one operator; 0 leaves the choice to the runtime. */
  readonly threads: number;
}

/**
 * Since 1.30 the runtime keeps a device id and what it was used for, and sends them to its maker, unless this
 * is set before it is loaded.
 */
function loadRuntime() {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  return import('onnxruntime-node');
}

/**
 * One network on onnxruntime-node.
 *
 * @param model its ONNX files, their hashes checked already
 * @throws Refusal `MODEL_UNAVAILABLE` where the runtime cannot open it with this provider, or its output is
 *   not as the manifest says
 */
export async function openOnnxNetwork(model: ModelFiles, options: SessionOptions): Promise<SegmentationNetwork> {
  const { InferenceSession, Tensor } = await loadRuntime();
  const graph = async (bytes: Uint8Array): Promise<Graph> => {
    const session = await createSession(InferenceSession, model.manifest, bytes, options);
    return async (inputs, output) => {
      const feeds = Object.entries(inputs).map(([name, { data, dims }]) => [
        name,
        new Tensor('float32', data, dims),
      ]);
      return (await session.run(Object.fromEntries(feeds)))[output];
    };
  };
  const encoder = model.encoderBytes && (await graph(model.encoderBytes));
  return networkOnGraphs(model.manifest, await graph(model.bytes), encoder);
}

async function createSession(
  runtime: { create(bytes: Uint8Array, options: Session.SessionOptions): Promise<Session> },
  manifest: ModelManifest,
  bytes: Uint8Array,
  { provider, threads }: SessionOptions
): Promise<Session> {
  try {
    return await runtime.create(bytes, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      logSeverityLevel: 3,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = provider === 'webgpu' ? 'try --provider cpu' : 'copy the model again';
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `The ${manifest.task} network cannot be opened on ${provider}: ${reason}; ${advice}.`,
      {
        task: manifest.task,
        provider,
      }
    );
  }
}

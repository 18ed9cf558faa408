import type { InferenceSession as Session, Tensor as OrtTensor } from 'onnxruntime-node';
import type { ModelManifest, SegmentationNetwork } from "@deep-aspects/aspects/scoring";
import { Refusal } from "@deep-aspects/aspects/series";

export type NodeProvider = 'cpu' | 'webgpu';

export interface SessionOptions {
  readonly provider: NodeProvider;
  /** Threads within one operator; 0 leaves the choice to the runtime. */
  readonly threads: number;
}

/**
 * One network on onnxruntime-node.
 *
 * @param bytes the ONNX file, its hash checked already
 * @throws Refusal `MODEL_UNAVAILABLE` where the runtime cannot open it with this provider, or its output is not as the manifest says
 */
export async function openNetwork(
  manifest: ModelManifest,
  bytes: Uint8Array,
  options: SessionOptions
): Promise<SegmentationNetwork> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await createSession(InferenceSession, manifest, bytes, options);
  const { input, output } = manifest;
  const shape = [1, input.channels.length, input.size, input.size];
  return {
    manifest,
    async run(values) {
      const results = await session.run({ [input.name]: new Tensor('float32', values, shape) });
      return outputPlane(results[output.name], manifest);
    },
  };
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

function outputPlane(tensor: OrtTensor | undefined, { task, input, output }: ModelManifest): Uint8Array {
  if (!(tensor?.data instanceof Uint8Array) || tensor.data.length !== input.size * input.size) {
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `The ${task} network has no uint8 output "${output.name}" of ${input.size} x ${input.size}: the model does not fit its manifest.`,
      { task, output: output.name }
    );
  }
  return tensor.data;
}

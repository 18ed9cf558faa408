import { outputPlanes, type ModelManifest } from '../manifest/modelManifest';
import { Refusal } from '../../base/refusal';
import type { SegmentationNetwork } from './types';

/** What a runtime gives for one output of a graph. */
export interface GraphOutput {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

/**
 * A session of a runtime: float32 inputs by name, with their shapes, to one output; undefined if there is no
 * output of that name.
 */
export type Graph = (
  inputs: Readonly<Record<string, { readonly data: Float32Array; readonly dims: readonly number[] }>>,
  output: string
) => Promise<GraphOutput | undefined>;

/** Names of the inputs and outputs between the two parts of a network that sees through the stack. */
const FEATURES = 'features';
const CONTEXT = 'context';

/**
 * The network that a manifest describes, on sessions of a runtime.
 *
 * @param main the graph of `manifest.file`
 * @param encoder the graph of `manifest.encoder`, where there is one
 * @throws Refusal `MODEL_UNAVAILABLE`, when it runs, for outputs that are not as the manifest says
 */
export function networkOnGraphs(manifest: ModelManifest, main: Graph, encoder?: Graph): SegmentationNetwork {
  const { input, output, context } = manifest;
  const image = (data: Float32Array) => ({
    [input.name]: { data, dims: [1, input.channels.length, input.size, input.size] },
  });
  const length = outputPlanes(manifest) * input.size * input.size;
  const read = async (found: Promise<GraphOutput | undefined>): Promise<Uint8Array> => {
    const values = await found;
    const data = values?.data instanceof Uint8Array && values.data;
    return checked(manifest, { name: output.name, type: 'uint8', length }, values, data);
  };
  if (!encoder || !context) {
    return { manifest, run: async values => read(main(image(values), output.name)) };
  }
  const { size, featureSize, offsetsMm } = context;
  return {
    manifest,
    async encode(values) {
      const found = await encoder(image(values), FEATURES);
      const data = found?.data instanceof Float32Array && found.data;
      return checked(manifest, { name: FEATURES, type: 'float32', length: featureSize }, found, data);
    },
    decode: (features, neighbours) =>
      read(
        main(
          {
            [FEATURES]: { data: features, dims: [1, featureSize] },
            [CONTEXT]: { data: neighbours, dims: [1, offsetsMm.length, size] },
          },
          output.name
        )
      ),
  };
}

function checked<T extends Uint8Array | Float32Array>(
  { task }: ModelManifest,
  { name, type, length }: { readonly name: string; readonly type: string; readonly length: number },
  found: GraphOutput | undefined,
  data: T | false
): T {
  if (data === false || data.length !== length) {
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `The ${task} network's output "${name}" is ${found ? `${found.type} [${found.dims.join(', ')}]` : 'missing'} ` +
        `and not ${type} with ${length} values, as its manifest says. Use the manifest that belongs to the model.`,
      { task, output: name }
    );
  }
  return data;
}

/**
 * Runs a network on one input alone, as if the same slice stood above and below it: for self-tests and for
 * warming up, where every part has to run once.
 *
 * @param input channels * size * size float32; it may be gone afterwards
 */
export async function runAlone(network: SegmentationNetwork, input: Float32Array): Promise<Uint8Array> {
  if ('run' in network) {
    return network.run(input);
  }
  const features = await network.encode(input);
  const { offsetsMm = [], size = 0 } = network.manifest.context ?? {};
  const neighbours = new Float32Array(offsetsMm.length * size);
  offsetsMm.forEach((_, k) => neighbours.set(features.subarray(0, size), k * size));
  return network.decode(features, neighbours);
}

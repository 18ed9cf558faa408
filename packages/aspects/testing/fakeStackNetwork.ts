import type { ModelManifest } from '../src/scoring/manifest/modelManifest';
import type { StackNetwork } from '../src/scoring/pipeline/types';
import { fakeInfarctNetwork, NETWORK_INPUT } from './fakeNetworks';

const CODE = { scheme: '99TEST', value: '0', meaning: 'Test' };
const PIXELS = NETWORK_INPUT.size ** 2;

/**
 * A network of three classes for tests, whose slices hear of their neighbours: the phantom's infarcts are
 * acute right of the grid's middle, which is the patient's left, and old on the other side; each slice's
 * share of infarct is what it tells.
 *
 * @param heard called with the shares that each slice hears, offset by offset, in the order of the slices
 */
export function fakeStackNetwork(heard: (shares: readonly number[]) => void = () => undefined): StackNetwork {
  const infarct = fakeInfarctNetwork();
  const manifest: ModelManifest = {
    ...infarct.manifest,
    schemaVersion: '1.1',
    encoder: { file: 'encoder.onnx', sha256: '0'.repeat(64), sizeBytes: 1 },
    context: { offsetsMm: [-5, 5], size: 1, featureSize: 1 + PIXELS },
    classes: ['Acute infarct', 'Old infarct', 'Haemorrhage'].map((name, i) => ({
      id: i + 1,
      name,
      code: CODE,
    })),
  };
  return {
    manifest,
    async encode(input) {
      const mask = await infarct.run(input);
      const features = new Float32Array(1 + PIXELS);
      features[0] = mask.reduce((sum, value) => sum + value / 255, 0) / PIXELS;
      features.set(mask, 1);
      return features;
    },
    async decode(features, neighbours) {
      heard([...neighbours]);
      const planes = new Uint8Array(3 * PIXELS);
      for (let i = 0; i < PIXELS; i++) {
        const old = i % NETWORK_INPUT.size < NETWORK_INPUT.size / 2;
        planes[(old ? PIXELS : 0) + i] = features[1 + i];
      }
      return planes;
    },
  };
}

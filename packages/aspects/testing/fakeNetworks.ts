import { ASPECTS_REGIONS } from '../src/scoring/aspects/regions';
import type { SliceNetwork } from '../src/scoring/pipeline/types';
import type { ModelManifest, NetworkInput, NetworkTask } from '../src/scoring/manifest/modelManifest';
import { BRAIN_HU, INFARCT_HU, REGION_HU } from './headPhantom';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { abs, max, min, round } = Math;

/** Networks for tests: they read the labels of `headPhantom` back from the attenuation they are fed. */

/** Input as the shipped networks have it. */
export const NETWORK_INPUT: NetworkInput = {
  name: 'input',
  size: 224,
  pixelSpacingMm: 1,
  slabThicknessMm: 5,
  window: { center: 35, width: 70 },
  range: [-1, 1],
  channels: [
    { offsetsMm: [0], mirrored: false },
    { offsetsMm: [-5], mirrored: false },
    { offsetsMm: [5], mirrored: false },
  ],
};

const CODE = { scheme: '99TEST', value: '0', meaning: 'Test' };
/** Class of the rest of the brain, after the ten regions. */
const OTHER_BRAIN = 11;

/** A manifest of no file in particular, with the phantom's classes. */
export function testManifest(task: NetworkTask): ModelManifest {
  const anatomy = task === 'anatomy';
  const regions = ASPECTS_REGIONS.map(({ id, name }, i) => ({ id: i + 1, name, region: id, code: CODE }));
  return {
    schemaVersion: '1.0',
    task,
    name: `test-${task}`,
    version: '0.0.0',
    architecture: 'none',
    parameters: 0,
    license: 'MIT',
    file: 'model.onnx',
    sha256: '0'.repeat(64),
    sizeBytes: 0,
    precision: 'fp32',
    input: NETWORK_INPUT,
    output: anatomy
      ? { name: 'labels', encoding: 'labels' }
      : { name: 'probability', encoding: 'probability', threshold: 0.5 },
    classes: anatomy
      ? [...regions, { id: OTHER_BRAIN, name: 'Brain, other', code: CODE }]
      : [{ id: 1, name: 'Infarct', code: CODE }],
    provenance: {},
  };
}

/** Class ids of the phantom: 1-10 the regions, 11 other brain, also where infarcted. */
export function fakeAnatomyNetwork(): SliceNetwork {
  return {
    manifest: testManifest('anatomy'),
    run: async input => readTissue(input, NETWORK_INPUT).map(tissue => tissue & ~INFARCTED),
  };
}

/** 255 where the phantom is infarcted. */
export function fakeInfarctNetwork(): SliceNetwork {
  return {
    manifest: testManifest('infarct'),
    run: async input => readTissue(input, NETWORK_INPUT).map(tissue => (tissue & INFARCTED ? 255 : 0)),
  };
}

/**
 * Bit of a tissue that is infarcted; the other bits are its label, and 0 is nothing that the phantom has
 * inside its skull.
 */
const INFARCTED = 128;

/** Tissue of each pixel of the first channel; pixels of mixed attenuation take that of a pure neighbour. */
function readTissue(input: Float32Array, { size, window, range }: NetworkInput): Uint8Array {
  const pixels = size * size;
  const gain = window.width / (range[1] - range[0]);
  const hu = new Float64Array(pixels);
  for (let i = 0; i < pixels; i++) {
    hu[i] = window.center - window.width / 2 + gain * (input[i] - range[0]);
  }
  const flat = new Uint8Array(pixels);
  let [first, last] = [pixels, 0];
  for (let i = size; i < pixels - size; i++) {
    const tissue = tissueOf(hu[i]);
    const isFlat =
      tissue &&
      abs(hu[i + 1] - hu[i]) < 0.3 &&
      abs(hu[i - 1] - hu[i]) < 0.3 &&
      abs(hu[i + size] - hu[i]) < 0.3 &&
      abs(hu[i - size] - hu[i]) < 0.3;
    if (isFlat) {
      flat[i] = tissue;
      first = min(first, i);
      last = i;
    }
  }
  const around = [0, 1, -1, size, -size, size + 1, size - 1, 1 - size, -1 - size, 2, -2, 2 * size, -2 * size];
  const tissues = new Uint8Array(pixels);
  // Beyond, there is no pure neighbour.
  for (let i = max(0, first - 2 * size); i <= min(last + 2 * size, pixels - 1); i++) {
    for (let k = 0; k < around.length && !tissues[i]; k++) {
      tissues[i] = flat[i + around[k]] ?? 0;
    }
  }
  return tissues;
}

function tissueOf(hu: number): number {
  const whole = round(hu);
  if (abs(hu - whole) > 0.3) {
    return 0;
  }
  if (whole === BRAIN_HU) {
    return OTHER_BRAIN;
  }
  if (whole > REGION_HU && whole <= REGION_HU + 10) {
    return whole - REGION_HU;
  }
  return whole >= INFARCT_HU && whole <= INFARCT_HU + 10
    ? INFARCTED | (whole - INFARCT_HU || OTHER_BRAIN)
    : 0;
}

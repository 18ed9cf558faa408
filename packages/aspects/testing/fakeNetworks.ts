import { ASPECTS_REGIONS } from '../src/scoring/aspects/regions';
import type { SliceNetwork } from '../src/scoring/pipeline/types';
import type { ModelManifest, NetworkInput } from '../src/scoring/manifest/modelManifest';
import { BRAIN_HU, INFARCT_HU, REGION_HU } from './headPhantom';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it (test runners).
const { abs, round } = Math;

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

function manifest(task: 'anatomy' | 'infarct'): ModelManifest {
  const anatomy = task === 'anatomy';
  const regions = ASPECTS_REGIONS.map(({ id, name }, i) => ({ id: i + 1, name, region: id, code: CODE }));
  return {
    schemaVersion: '1.0',
    task,
    name: `fake-${task}`,
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
    manifest: manifest('anatomy'),
    run: async input => readTissue(input, NETWORK_INPUT).map(({ label }) => label),
  };
}

/** 255 where the phantom is infarcted. */
export function fakeInfarctNetwork(): SliceNetwork {
  return {
    manifest: manifest('infarct'),
    run: async input => readTissue(input, NETWORK_INPUT).map(({ infarct }) => (infarct ? 255 : 0)),
  };
}

interface Tissue {
  readonly label: number;
  readonly infarct: boolean;
}

const NOTHING: Tissue = { label: 0, infarct: false };

interface TissueImage {
  map(read: (tissue: Tissue) => number): Uint8Array;
}

/** Tissue of each pixel of the first channel; pixels of mixed attenuation take that of a pure neighbour. */
function readTissue(input: Float32Array, { size, window, range }: NetworkInput): TissueImage {
  const hu = (i: number): number =>
    window.center + window.width * ((input[i] - range[0]) / (range[1] - range[0]) - 0.5);
  const pure = Array.from({ length: size * size }, (_, i) => tissueOf(hu(i)));
  const isFlat = (i: number): boolean =>
    i >= size && i < size * (size - 1) && [1, -1, size, -size].every(step => abs(hu(i + step) - hu(i)) < 0.3);
  const flat = pure.map((tissue, i) => (tissue && isFlat(i) ? tissue : undefined));
  const around = [0, 1, -1, size, -size, size + 1, size - 1, 1 - size, -1 - size, 2, -2, 2 * size, -2 * size];
  const tissues = flat.map(
    (_, i) => around.map(step => flat[i + step]).find(tissue => tissue !== undefined) ?? NOTHING
  );
  return { map: read => Uint8Array.from(tissues, read) };
}

function tissueOf(hu: number): Tissue | undefined {
  const whole = round(hu);
  if (abs(hu - whole) > 0.3) {
    return undefined;
  }
  if (whole === BRAIN_HU) {
    return { label: OTHER_BRAIN, infarct: false };
  }
  if (whole > REGION_HU && whole <= REGION_HU + 10) {
    return { label: whole - REGION_HU, infarct: false };
  }
  if (whole >= INFARCT_HU && whole <= INFARCT_HU + 10) {
    return { label: whole - INFARCT_HU || OTHER_BRAIN, infarct: true };
  }
  return undefined;
}

import type { QualityWarning } from '../../series/headCtSeries';
import { median } from '../../series/statistics';
import type { NetworkInput } from '../manifest/modelManifest';
import type { GridStack } from '../postprocessing/gridStack';
import { countSet } from '../../base/cellMasks';
import type { PreparedSeries } from './prepareSeries';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it.
const { abs, ceil, max } = Math;

/**
 * Noise of what the networks are fed, HU: 181 simulated heads as they were trained on have 0.8 to 3.9, real
 * ones 2; 15 HU of white noise in slices of 4 to 7 mm give 5 to 6, and the first false infarcts.
 */
const GREATEST_NOISE_HU = 4.6;
/** Between fluid and calcification, HU. */
const TISSUE_HU: readonly [number, number] = [15, 50];
/** Slices of the vault, of which some tell as much as all. */
const VAULT_SHARE = 0.6;
const LOOKED_AT = 7;
/** Every so many pixels. */
const STEP = 3;
/** From a median absolute deviation to a standard deviation. */
const TO_DEVIATION = 1.4826;

/**
 * Warns of more noise than the networks learnt to see through, after the averaging that their inputs are: in
 * thin slices much noise is no harm, in thick ones it is.
 *
 * @param seen brain as the anatomy network sees it
 * @param input of that network
 */
export function checkNoise(
  { series, plan, sampler }: PreparedSeries,
  seen: GridStack,
  input: NetworkInput
): QualityWarning[] {
  const sizes = seen.planes.map(countSet);
  const vault = plan.map((_, z) => z).filter(z => sizes[z] >= VAULT_SHARE * max(...sizes));
  const every = ceil(vault.length / LOOKED_AT);
  const plain: NetworkInput = {
    ...input,
    range: [0, input.window.width],
    channels: [{ offsetsMm: [0], mirrored: false }],
  };
  const lowest = input.window.center - input.window.width / 2;
  const noise = median(
    vault
      .filter((_, k) => k % every === 0)
      .flatMap(z =>
        deviations(sampler.networkInput(plan[z].planeOffsetMm, plain), input.size, seen.planes[z], lowest)
      )
  );
  const noiseHu = TO_DEVIATION * noise;
  return noiseHu > GREATEST_NOISE_HU && !series.warnings.some(({ code }) => code === 'SHARP_KERNEL')
    ? [
        {
          code: 'SHARP_KERNEL',
          message: `Noise of ${noiseHu.toFixed(1)} HU in slabs of ${input.slabThicknessMm} mm (low dose?), more than the networks were trained with: a smoother series scores better.`,
        },
      ]
    : [];
}

/** How far pixels of brain are from the mean of three by three around them, HU. */
function deviations(hu: Float32Array, size: number, brain: Uint8Array, lowest: number): number[] {
  const found: number[] = [];
  for (let i = size + 1; i < hu.length - size - 1; i += STEP) {
    if (brain[i]) {
      const above = hu[i - size - 1] + hu[i - size] + hu[i - size + 1];
      const below = hu[i + size - 1] + hu[i + size] + hu[i + size + 1];
      const mean = (above + hu[i - 1] + hu[i] + hu[i + 1] + below) / 9;
      if (mean + lowest > TISSUE_HU[0] && mean + lowest < TISSUE_HU[1]) {
        found.push(abs(hu[i] - mean));
      }
    }
  }
  return found;
}

import { ASPECTS_REGIONS } from '../aspects/regions';
import type { GridStack } from '../postprocessing/gridStack';
import { gridVoxelMl, mapPlanes } from '../postprocessing/gridStack';
import { regionNumbers } from '../postprocessing/regionSegments';
import type { InputSampler } from '../preprocessing/networkInput';
import type { QualityWarning } from '../../series/headCtSeries';
import { Refusal } from '../../base/refusal';
import type { PreparedSeries } from './prepareSeries';
import type { Pacer } from './progress';
import { runNetwork } from './runNetworks';
import type { SegmentationNetwork } from './types';

/**
 * Left and right regions agree better where the network is shown the head as it lies than where it is shown
 * it turned by 180 degrees, by 0.06 to 0.27 (12 heads, two of them real). A head that lies turned has the
 * opposite.
 */
const TURNED_AGREEMENT = -0.05;
const DOUBTFUL_AGREEMENT = -0.01;
/**
 * M4-M6 lie above M1-M3: their middles by 20 to 34 mm in five heads, and by -12 to -22 in three whose slices
 * run from head to feet.
 */
const REVERSED_MM = -5;
const DOUBTFUL_MM = 5;
/** Less of a level tells nothing, ml. */
const LEAST_LEVEL_ML = 10;

/**
 * Whether the anatomy network sees the head as its header says that it lies, for series that show no face:
 * ganglionic level below the supraganglionic one, and, where no air of a face shows the front, left and
 * right regions more alike than in the same head turned by 180 degrees. Costs a second run of the network
 * only there.
 *
 * @param labels what it said of the head as it lies
 * @throws Refusal UPSIDE_DOWN, CANCELLED, and whatever the network refuses with
 */
export async function checkOrientation(
  prepared: PreparedSeries,
  anatomy: SegmentationNetwork,
  labels: GridStack,
  pacer: Pacer
): Promise<QualityWarning[]> {
  const numbers = regionNumbers(anatomy.manifest.classes);
  const regions = mapPlanes(labels, numbers);
  const aboveMm = levelDistanceMm(regions);
  if (aboveMm !== undefined && aboveMm < REVERSED_MM) {
    throw turned('the slices run from head to feet', { aboveMm });
  }
  const doubts =
    aboveMm !== undefined && aboveMm < DOUBTFUL_MM
      ? [doubt('The supraganglionic regions do not lie above the ganglionic ones')]
      : [];
  if (prepared.frontIsShown) {
    return doubts;
  }
  const work = { ...prepared, sampler: turnedSampler(prepared.sampler) };
  const [turnedLabels] = await runNetwork('anatomy', anatomy, work, () => pacer.turn());
  const difference = sideAgreement(regions) - sideAgreement(mapPlanes(turnedLabels, numbers));
  if (difference < TURNED_AGREEMENT) {
    throw turned('the face looks backwards', { difference });
  }
  return difference < DOUBTFUL_AGREEMENT
    ? [...doubts, doubt('The scan shows no face, and its brain does not tell front from back')]
    : doubts;
}

function doubt(what: string): QualityWarning {
  return {
    code: 'LOW_CONFIDENCE',
    message: `${what}: check that left and right, front and back, head and feet are right.`,
  };
}

/** How far the middle of M4-M6 lies above that of M1-M3, mm; undefined where there is little of either. */
function levelDistanceMm(regions: GridStack): number | undefined {
  const first = ASPECTS_REGIONS.findIndex(({ id }) => id === 'M1') + 1;
  const sums = [0, 1].map(() => ({ ml: 0, mlMm: 0 }));
  regions.planes.forEach((plane, z) => {
    const ml = gridVoxelMl(regions, z);
    for (let i = 0; i < plane.length; i++) {
      if (plane[i] >= first) {
        const sum = sums[plane[i] >= first + 3 ? 1 : 0];
        sum.ml += ml;
        sum.mlMm += ml * regions.planeOffsetsMm[z];
      }
    }
  });
  const [lower, upper] = sums;
  return Math.min(lower.ml, upper.ml) < LEAST_LEVEL_ML
    ? undefined
    : upper.mlMm / upper.ml - lower.mlMm / lower.ml;
}

/** Part of the pixels of regions whose mirror image, about the grid's middle, is in the same region. */
function sideAgreement({ planes, size }: GridStack): number {
  let [found, alike] = [0, 0];
  for (const plane of planes) {
    for (let i = 0; i < plane.length; i++) {
      if (plane[i]) {
        found++;
        const x = i % size;
        alike += plane[i] === plane[i - x + (size - 1 - x)] ? 1 : 0;
      }
    }
  }
  return found > 0 ? alike / found : 0;
}

/** The head turned by 180 degrees about its own middle. */
function turnedSampler(sampler: InputSampler): InputSampler {
  return {
    networkInput(planeOffsetMm, input) {
      const turnedInput = sampler.networkInput(planeOffsetMm, input);
      const pixels = input.size * input.size;
      for (let start = 0; start < turnedInput.length; start += pixels) {
        turnedInput.subarray(start, start + pixels).reverse();
      }
      return turnedInput;
    },
  };
}

function turned(what: string, details: Readonly<Record<string, number>>): Refusal {
  return new Refusal(
    'UPSIDE_DOWN',
    `The head lies otherwise than the images say: the anatomy network sees that ${what}. Left and right would be ` +
      'exchanged; have the patient position corrected at the scanner.',
    details
  );
}

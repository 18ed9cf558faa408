import { ASPECTS_REGIONS } from '../aspects/regions';
import type { NetworkInput } from '../manifest/modelManifest';
import { gridVoxelMl, mapPlanes, type GridStack } from '../postprocessing/gridStack';
import { regionNumbers } from '../postprocessing/regionSegments';
import { turned } from '../preprocessing/checkHead';
import type { InputSampler } from '../preprocessing/networkInput';
import type { QualityWarning } from '../../series/headCtSeries';
import type { PreparedSeries } from './prepareSeries';
import type { Pacer } from './progress';
import { runNetwork } from './runNetworks';
import type { SegmentationNetwork } from './types';

/**
 * Where the network is shown the head as it lies, left and right regions agree better than in the head
 * turned by 180 degrees, and it sees more of the deep regions. Both were otherwise in none, one of them in
 * two of 83 scans (74 of them simulated), and both in four of four that lay turned. Less than this apart is
 * as alike.
 */
const LESS_AGREEMENT = -0.01;
const LESS_DEEP_SHARE = 0.95;
/** One of so many slices with regions is looked at: with one of three, fifteen scans are doubtful. */
const LOOKED_AT = 2;
/** Parts of a head with fewer regions have the opposite by chance, ml (at most 139; whole ones 185 on). */
const LEAST_REGIONS_ML = 150;
/** Fewer slices that were looked at are a part of a head too (7 and 8 in most heads). */
const LEAST_LOOKED_AT = 5;
/**
 * M4-M6 lie above M1-M3: by so much more of them agrees with a border between the levels than with one in
 * the wrong order (0.20 to 0.46 in 83 scans, at most 0.01 in four whose slices run from head to feet:
 * there the network hardly sees M4-M6).
 */
const USUAL_ORDER = 0.15;
/** In usual order upside down, and by this more than as it lies: then it lies upside down. */
const BETTER_ORDER = 0.15;
/** Number of M1; deep regions come before it. */
const FIRST_CORTICAL = ASPECTS_REGIONS.findIndex(({ id }) => id === 'M1') + 1;
/** M1 to M3, M4 to M6. */
const CORTICAL_SECTORS = 3;
/** Less of a level tells nothing, ml. */
const LEAST_LEVEL_ML = 10;

/**
 * Whether the anatomy network sees the head as its header says that it lies, for scans in which no air of a
 * face shows it: left and right regions more alike, and more of the deep ones, than in the same head turned
 * by 180 degrees, and the ganglionic level below the supraganglionic one. For the first it runs again on some
 * slices, for the second on all, where the levels are not clear. Where the signs disagree there is a warning.
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
  if (prepared.frontIsShown) {
    return [];
  }
  const numbers = regionNumbers(anatomy.manifest.classes);
  const seenFrom = async (sampler: InputSampler, plan = prepared.plan): Promise<GridStack> => {
    const work = { ...prepared, sampler, plan };
    return mapPlanes((await runNetwork('anatomy', anatomy, work, () => pacer.turn()))[0], numbers);
  };
  const regions = mapPlanes(labels, numbers);
  const shown = [...regions.planes.keys()].filter(z => regions.planes[z].some(value => value > 0));
  const lookedAt = shown.filter((_, k) => k % LOOKED_AT === LOOKED_AT - 1);
  const inFront = planesOf(regions, lookedAt);
  const fromBehind = await seenFrom(
    turnedSampler(prepared.sampler),
    lookedAt.map(z => prepared.plan[z])
  );
  const isLessAlike = sideAgreement(inFront) - sideAgreement(fromBehind) < LESS_AGREEMENT;
  const isLessDeep = volumeMl(inFront, isDeep) < LESS_DEEP_SHARE * volumeMl(fromBehind, isDeep);
  const regionsMl = volumeMl(regions, value => value > 0);
  const isWhole = regionsMl >= LEAST_REGIONS_ML && lookedAt.length >= LEAST_LOOKED_AT;
  if (isWhole && isLessAlike && isLessDeep) {
    throw turned('the anatomy network sees that the face looks backwards', { regionsMl });
  }
  const order = levelOrder(regions);
  if (isWhole && order < USUAL_ORDER) {
    const upsideDown = await seenFrom(upsideDownSampler(prepared.sampler));
    const otherwise = levelOrder(planesOf(upsideDown, [...upsideDown.planes.keys()].reverse()));
    if (otherwise > USUAL_ORDER && otherwise - order > BETTER_ORDER) {
      throw turned('the anatomy network sees that the slices run from head to feet', { order, otherwise });
    }
  }
  return isLessAlike || isLessDeep
    ? [
        {
          code: 'LOW_CONFIDENCE',
          message:
            'The scan shows no face, and its brain does not tell front from back: check that left and right, front ' +
            'and back are right.',
        },
      ]
    : [];
}

function planesOf(stack: GridStack, indices: readonly number[]): GridStack {
  const { planes, planeOffsetsMm, extentsMm } = stack;
  return {
    ...stack,
    planes: indices.map(z => planes[z]),
    planeOffsetsMm: indices.map(z => planeOffsetsMm[z]),
    extentsMm: indices.map(z => extentsMm[z]),
  };
}

/** Volume of the pixels with some region numbers, ml. */
function volumeMl(regions: GridStack, isCounted: (value: number) => boolean): number {
  return regions.planes.reduce(
    (sum, plane, z) => sum + plane.filter(isCounted).length * gridVoxelMl(regions, z),
    0
  );
}

function isDeep(value: number): boolean {
  return value > 0 && value < FIRST_CORTICAL;
}

/**
 * By how much more of the cortical regions agrees with M1-M3 below a border and M4-M6 above it than with the
 * opposite, as a part of all, each with its best border; 0 where there is little of either level.
 */
function levelOrder(regions: GridStack): number {
  const levels = regions.planes.map((plane, z) => {
    const ml = gridVoxelMl(regions, z);
    const found = { lower: 0, upper: 0 };
    for (let i = 0; i < plane.length; i++) {
      if (plane[i] >= FIRST_CORTICAL) {
        found[plane[i] >= FIRST_CORTICAL + CORTICAL_SECTORS ? 'upper' : 'lower'] += ml;
      }
    }
    return found;
  });
  const [lowerMl, upperMl] = (['lower', 'upper'] as const).map(level =>
    levels.reduce((sum, found) => sum + found[level], 0)
  );
  if (Math.min(lowerMl, upperMl) < LEAST_LEVEL_ML) {
    return 0;
  }
  const all = lowerMl + upperMl;
  // The border below all planes, then above one after the other.
  let fits = upperMl;
  let [most, least] = [fits, fits];
  for (const { lower, upper } of levels) {
    fits += lower - upper;
    most = Math.max(most, fits);
    least = Math.min(least, fits);
  }
  return (most - (all - least)) / all;
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

/** The head turned by 180 degrees about the normal through its own middle. */
function turnedSampler(sampler: InputSampler): InputSampler {
  return {
    networkInput(planeOffsetMm, input) {
      const turnedInput = sampler.networkInput(planeOffsetMm, input);
      forEachChannel(turnedInput, input, channel => channel.reverse());
      return turnedInput;
    },
  };
}

/** The head turned by 180 degrees about the axis from left to right; the planes are then in reverse order. */
function upsideDownSampler(sampler: InputSampler): InputSampler {
  return {
    networkInput(planeOffsetMm, input) {
      const channels = input.channels.map(channel => ({
        ...channel,
        offsetsMm: channel.offsetsMm.map(offset => -offset),
      }));
      const turnedInput = sampler.networkInput(planeOffsetMm, { ...input, channels });
      forEachChannel(turnedInput, input, channel => {
        channel.reverse();
        for (let start = 0; start < channel.length; start += input.size) {
          channel.subarray(start, start + input.size).reverse();
        }
      });
      return turnedInput;
    },
  };
}

function forEachChannel(
  values: Float32Array,
  { size }: NetworkInput,
  change: (channel: Float32Array) => void
): void {
  const pixels = size * size;
  for (let start = 0; start < values.length; start += pixels) {
    change(values.subarray(start, start + pixels));
  }
}

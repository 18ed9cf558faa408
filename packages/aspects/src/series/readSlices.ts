import type { CtInstance } from './ctInstance';
import type { CtSlice, Vec3 } from './headCtSeries';
import { Refusal } from '../base/refusal';
import { median } from './statistics';
import { clampHu } from './storedValuesToHu';

/** Attenuation below this is gas, whatever the calibration. */
const AIR_CEILING_HU = -700;
/** Least share of a scan that is air around the head (padding counts). */
const LEAST_AIR_SHARE = 0.005;
/** Where the air around the head must lie. */
const AIR_RANGE_HU: readonly [number, number] = [-1024, -880];
/** Least share of what is not air that has the attenuation of soft tissue, water or fat. */
const LEAST_SOFT_SHARE = 0.15;
/**
 * Attenuations far below air, in more than this many different values, come from a rescale that was
 * applied twice.
 */
const IMPOSSIBLE_HU = -1200;
const MANY_VALUES = 24;

/**
 * Reads the pixels of sorted instances as whole HU; yields after each slice, of each check too.
 *
 * @throws Refusal CORRUPT_PIXELS naming the slice: unreadable, wrong length, blank amid others; or the
 *   series: HU scale wrong (air not near -1000 HU, no soft tissue).
 */
export function* readSlices(instances: readonly CtInstance[]): Generator<void, CtSlice[]> {
  const slices: CtSlice[] = [];
  for (const instance of instances) {
    slices.push(readSlice(instance));
    yield;
  }
  yield* refuseBlankSlices(slices);
  yield* refuseWrongScale(slices);
  return slices;
}

function readSlice(instance: CtInstance): CtSlice {
  const raw = readRaw(instance);
  const expected = (instance.rows as number) * (instance.columns as number);
  if (raw.length !== expected) {
    throw corrupt(`has ${raw.length} pixels instead of ${expected}`, instance.sopInstanceUID);
  }
  const hu = raw instanceof Int16Array ? raw : new Int16Array(expected);
  const impossible = new Set<number>();
  for (let i = 0; i < expected; i++) {
    const value = raw[i];
    hu[i] = clampHu(value);
    if (value < IMPOSSIBLE_HU && impossible.size <= MANY_VALUES) {
      impossible.add(value);
    }
  }
  if (impossible.size > MANY_VALUES) {
    throw corrupt(
      'has attenuations far below air: its rescale seems to be applied twice',
      instance.sopInstanceUID
    );
  }
  const { sopInstanceUID, sopClassUID } = instance;
  return { sopInstanceUID, sopClassUID, hu, position: instance.imagePositionPatient as Vec3 };
}

function readRaw(instance: CtInstance): Int16Array | Float32Array {
  try {
    return instance.readHu();
  } catch (error) {
    if (error instanceof Refusal) {
      throw error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw corrupt(`cannot be read (${reason})`, instance.sopInstanceUID);
  }
}

function corrupt(what: string, sopInstanceUID: string): Refusal {
  return new Refusal(
    'CORRUPT_PIXELS',
    `Slice ${sopInstanceUID} ${what}. Send the series again from the scanner or PACS.`,
    {
      sopInstanceUID,
    }
  );
}

/** A constant image is credible only outside the head, that is as air at either end of the stack. */
function* refuseBlankSlices(slices: readonly CtSlice[]): Generator<void, void> {
  const blank: boolean[] = [];
  for (const { hu } of slices) {
    blank.push(hu.every(value => value === hu[0]));
    yield;
  }
  const first = blank.indexOf(false);
  const last = blank.lastIndexOf(false);
  slices.forEach((slice, i) => {
    const outside = (i < first || i > last) && slice.hu[0] < AIR_CEILING_HU;
    if (blank[i] && !outside) {
      throw corrupt('is blank', slice.sopInstanceUID);
    }
  });
  if (first < 0) {
    throw corrupt('and all others are blank', slices[0].sopInstanceUID);
  }
}

function* refuseWrongScale(slices: readonly CtSlice[]): Generator<void, void> {
  const air: number[] = [];
  const counts = { all: 0, air: 0, tissue: 0, soft: 0 };
  const step = Math.max(1, Math.floor(slices[0].hu.length / 4096));
  for (const { hu } of slices) {
    for (let i = step >> 1; i < hu.length; i += step) {
      const value = hu[i];
      counts.all++;
      if (value < AIR_CEILING_HU) {
        counts.air++;
        air.push(value);
      } else {
        counts.tissue++;
        counts.soft += value >= -200 && value <= 200 ? 1 : 0;
      }
    }
    yield;
  }
  const airHu = median(air);
  const airShare = counts.air / counts.all;
  const softShare = counts.tissue ? counts.soft / counts.tissue : 0;
  const airIsRight = airShare >= LEAST_AIR_SHARE && airHu >= AIR_RANGE_HU[0] && airHu <= AIR_RANGE_HU[1];
  if (!airIsRight || softShare < LEAST_SOFT_SHARE) {
    throw new Refusal(
      'CORRUPT_PIXELS',
      'The attenuations are not Hounsfield units: air is not near -1000 HU or soft tissue is missing. Check Rescale Slope ' +
        'and Intercept (0028,1053), (0028,1052), or send the series again.',
      { medianAirHu: Number.isNaN(airHu) ? null : airHu, airShare, softTissueShare: softShare }
    );
  }
}

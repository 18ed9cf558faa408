import type { QualityWarning } from '../../series/headCtSeries';
import { Refusal } from '../../base/refusal';
import { median } from '../../series/statistics';
import { airDoubts } from './airLevel';
import type { BrainSpace } from './findBrain';
import { frameMiddle, type HeadFrame } from './headFrame';
import type { HeadAir } from './headAir';
import { shadingToLeft } from './shading';
import { CELL_MM } from './workingVolume';

// Bound once for the loops over cells: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { abs, atan2, max, min } = Math;

/**
 * In brackets what 21 sound heads have (two real ones, demo studies, 16 heads painted from label maps, whole
 * and without skull base). Sinuses, nose and mastoids lie before and below the brain's middle: their air by
 * this much, mm (32 to 85 before, 24 to 58 below).
 */
const DOUBTFUL_MM = 8;
/**
 * Beyond this on the wrong side the head is turned; mastoids alone, of an infant or above the
 * face, lie nearer.
 */
const TURNED_MM = 20;
/**
 * Air turned away from the front of the head frame by more than this is not the face's, degrees (at most 8).
 */
const GREATEST_TURN_DEG = 45;
/** Less air than this proves nothing, and less than the other tells nothing, ml (24 to 78 in 12 heads). */
const PROVING_AIR_ML = 15;
const LEAST_AIR_ML = 5;
/** Brains are longer than wide: width by length (0.76 to 0.99). */
const GREATEST_WIDTH_RATIO = 1.08;

/** Narrower ones lie askew, or their pixels are no squares (0.71). */
const LEAST_WIDTH_RATIO = 0.64;

/** A brain smaller in both directions is no patient's, mm: term newborns measure about 85 by 105. */
const LEAST_WIDTH_MM = 80;
const LEAST_LENGTH_MM = 94;
/**
 * Heights from skull base to vertex along the normal, mm (110 to 136), and as a part of the length
 * (0.65 to 0.96).
 */
const GREATEST_HEIGHT_MM = 190;
const LEAST_HEIGHT_RATIO = 0.45;
/**
 * Median attenuations of brain with its CSF outside of these come of a wrong calibration more often than of a
 * disease, HU (21 to 39 in 77).
 */
const USUAL_MEDIAN_HU: readonly [number, number] = [20, 40];
/** Mean diameters outside of these are a child's, or come of a wrong pixel spacing, mm (124 to 163). */
const USUAL_DIAMETER_MM: readonly [number, number] = [120, 170];
/**
 * Height of the vault above the last plane that has this part of the largest area, as a part of the mean
 * diameter (0.32 to 0.43), and what no patient's has.
 */
const CAP_SHARE = 0.9;
const LEAST_USUAL_CAP_RATIO = 0.27;
const LEAST_CAP_RATIO = 0.2;
/** Height by mean diameter (at most 1.1). */
const GREATEST_USUAL_HEIGHT_RATIO = 1.18;
/**
 * The middles of the halves lie 65 mm apart; early infarction is 3 HU darker than the other side, and so is
 * a whole half from this shade on, HU for 100 mm (at most 4.3 in 72 simulated heads, which are shaded a
 * little; 0.1 in a real one).
 */
const GREATEST_SHADE_HU = 4.5;
/** With a large hydrocephalus; 1900 without. */
const GREATEST_VOLUME_ML = 2800;
/** Planes with less than this part of the largest area are the vertex, or the skull base. */
const END_SHARE = 0.5;
const VAULT_SHARE = 0.6;
const VERTEX_SHARE = 0.25;

/**
 * Whether the head lies as its header says, and has a size that heads have. What cannot be told from the
 * images (left and right alone) is passed over; a brain without face and skull base is left to
 * `checkOrientation`, which sees what the anatomy network makes of it.
 *
 * @param air the air of face and mastoids (`headAir`)
 * @throws Refusal UPSIDE_DOWN where the air of the face lies behind or above the brain;
 *   IMPLAUSIBLE_GEOMETRY for its size.
 */
export function checkHead(brain: BrainSpace, frame: HeadFrame, air: HeadAir): QualityWarning[] {
  const size = brainSize(brain, frame);
  refuseSize(size);
  const doubt = orientationDoubt(air, size);
  const odd = sizeDoubt(size);
  const { medianHu } = brain.evidence;
  const shade = shadingToLeft(brain, frame);
  return [
    ...(isOutside(medianHu, USUAL_MEDIAN_HU)
      ? [
          `The brain has a median of ${medianHu.toFixed(0)} HU, unusual for a scan without contrast: its calibration may be off.`,
        ]
      : []),
    ...airDoubts(brain.volume, medianHu).map(
      what => `${what}: its attenuations may be shifted, and the score with them.`
    ),
    ...(abs(shade) > GREATEST_SHADE_HU
      ? [
          `Brain becomes evenly brighter towards the ${shade > 0 ? 'left' : 'right'} (${abs(shade).toFixed(0)} HU for 100 mm): ` +
            'a shaded image (calibration, position in the gantry?) looks like an infarct of the darker side.',
        ]
      : []),
    ...(doubt ? [`${doubt}: check that left and right, front and back are right.`] : []),
    ...(odd ? [`${odd}: volumes and regions are wrong if this is no child and no odd skull.`] : []),
  ].map(message => ({ code: 'LOW_CONFIDENCE', message }));
}

/** Whether the air of the face shows where the front is, in a head that `checkHead` let pass. */
export function showsFront({ ml, alongMm }: HeadAir): boolean {
  return ml >= PROVING_AIR_ML && alongMm <= -DOUBTFUL_MM;
}

/** @returns what is doubtful, for a sentence; undefined where nothing is. */
function orientationDoubt(air: HeadAir, { widthMm, lengthMm }: BrainSize): string | undefined {
  const { ml, acrossMm, alongMm, aboveMm } = air;
  if (ml >= PROVING_AIR_ML && aboveMm > TURNED_MM) {
    throw turned('the air of sinuses and nose lies above the brain: the slices run from head to feet', {
      ...air,
    });
  }
  const turnDeg = abs(atan2(acrossMm, -alongMm) * 180) / Math.PI;
  if (ml >= PROVING_AIR_ML && turnDeg > GREATEST_TURN_DEG && Math.hypot(acrossMm, alongMm) > TURNED_MM) {
    throw turned(
      turnDeg > 180 - GREATEST_TURN_DEG
        ? 'the air of sinuses and nose lies behind the brain: the face looks backwards'
        : 'the air of sinuses and nose lies to the side of the brain: the head is turned by more than 45 degrees',
      { ...air }
    );
  }
  if (ml >= LEAST_AIR_ML && (alongMm > -DOUBTFUL_MM || aboveMm > -DOUBTFUL_MM)) {
    return 'The air of sinuses and nose does not lie before and below the brain';
  }
  return widthMm > GREATEST_WIDTH_RATIO * lengthMm
    ? `The brain is wider (${widthMm.toFixed(0)} mm) than long (${lengthMm.toFixed(0)} mm)`
    : undefined;
}

/** @returns what is unusual, for a sentence: volumes go with the cube of such a fault. */
function sizeDoubt({ widthMm, lengthMm, heightMm, isWidestShown, capRatio }: BrainSize): string | undefined {
  const diameterMm = Math.sqrt(widthMm * lengthMm);
  if (isWidestShown && (isOutside(diameterMm, USUAL_DIAMETER_MM) || widthMm < LEAST_WIDTH_RATIO * lengthMm)) {
    return `The brain measures ${widthMm.toFixed(0)} x ${lengthMm.toFixed(0)} mm, unusual for an adult (pixel spacing?)`;
  }
  const isFlat = capRatio !== undefined && capRatio < LEAST_USUAL_CAP_RATIO;
  return isFlat || heightMm > GREATEST_USUAL_HEIGHT_RATIO * diameterMm
    ? `The brain is unusually ${isFlat ? 'flat' : 'high'} for its width (distances between slices?)`
    : undefined;
}

function isOutside(value: number, [least, greatest]: readonly [number, number]): boolean {
  return value < least || value > greatest;
}

/** @param what shows it, for a sentence */
export function turned(what: string, details: Readonly<Record<string, number>>): Refusal {
  return new Refusal(
    'UPSIDE_DOWN',
    `The head lies otherwise than the images say: ${what}. Left and right would be exchanged; have the patient position ` +
      'corrected at the scanner.',
    details
  );
}

interface BrainSize {
  /** In the larger planes, in the head's own axes, mm. */
  readonly widthMm: number;
  readonly lengthMm: number;
  /** Of all planes with brain, mm; `isWhole` where the series goes on beyond skull base and vertex. */
  readonly heightMm: number;
  readonly isWhole: boolean;
  /** The widest plane is not the last of the series on either side: the brain's greatest extent is shown. */
  readonly isWidestShown: boolean;
  /** See `CAP_SHARE`; undefined where the series ends below the vertex. */
  readonly capRatio?: number;
  readonly volumeMl: number;
}

function brainSize(brain: BrainSpace, frame: HeadFrame): BrainSize {
  const { areasCm2, volume } = brain;
  const largest = max(...areasCm2);
  const vault = areasCm2.flatMap((area, z) => (area >= VAULT_SHARE * largest ? [z] : []));
  const extents = vault.map(z => extentsOf(brain, frame, z));
  const held = areasCm2.flatMap((area, z) => (area > 0 ? [z] : []));
  const [first, last] = [held[0], held[held.length - 1]];
  const widest = areasCm2.indexOf(largest);
  const isEnd = (z: number): boolean => areasCm2[z] < END_SHARE * largest;
  const widthMm = median(extents.map(({ across }) => across));
  const lengthMm = median(extents.map(({ along }) => along));
  const cap = capMm(brain);
  return {
    widthMm,
    lengthMm,
    capRatio: cap && cap / Math.sqrt(widthMm * lengthMm),
    heightMm: held.reduce((sum, z) => sum + volume.planeExtentsMm[z], 0),
    isWhole: first > 0 && last < areasCm2.length - 1 && isEnd(first) && isEnd(last),
    isWidestShown: widest > 0 && widest < areasCm2.length - 1,
    volumeMl: areasCm2.reduce((sum, area, z) => sum + (area * volume.planeExtentsMm[z]) / 10, 0),
  };
}

/** Half of the last broad plane and all above it; undefined where the last plane still shows much brain. */
function capMm({ areasCm2, volume: { planeExtentsMm } }: BrainSpace): number | undefined {
  const largest = max(...areasCm2);
  const broad = areasCm2.reduce((last, area, z) => (area >= CAP_SHARE * largest ? z : last), 0);
  const above = planeExtentsMm.slice(broad + 1).filter((_, k) => areasCm2[broad + 1 + k] > 0);
  return areasCm2[areasCm2.length - 1] < VERTEX_SHARE * largest
    ? above.reduce((sum, extent) => sum + extent, planeExtentsMm[broad] / 2)
    : undefined;
}

function extentsOf(brain: BrainSpace, frame: HeadFrame, z: number): { across: number; along: number } {
  const { width, left0, posterior0, planeOffsetsMm } = brain.volume;
  const [cos, sin] = [Math.cos(frame.angleRad), Math.sin(frame.angleRad)];
  const middle = frameMiddle(frame, planeOffsetsMm[z]);
  const mask = brain.masks[z];
  let [right, left, front, back] = [0, 0, 0, 0];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i]) {
      const x = left0 + CELL_MM * (i % width);
      const y = posterior0 + CELL_MM * Math.floor(i / width);
      const across = x * cos + y * sin - middle.across;
      const along = -x * sin + y * cos - middle.along;
      right = min(right, across);
      left = max(left, across);
      front = min(front, along);
      back = max(back, along);
    }
  }
  return { across: left - right + CELL_MM, along: back - front + CELL_MM };
}

function refuseSize(size: BrainSize): void {
  const { widthMm, lengthMm, heightMm, isWhole, isWidestShown, volumeMl, capRatio } = size;
  const small = isWidestShown && widthMm < LEAST_WIDTH_MM && lengthMm < LEAST_LENGTH_MM;
  const flat = isWhole && heightMm < LEAST_HEIGHT_RATIO * lengthMm;
  const pressed = capRatio !== undefined && capRatio < LEAST_CAP_RATIO;
  if (small || flat || pressed || heightMm > GREATEST_HEIGHT_MM || volumeMl > GREATEST_VOLUME_ML) {
    const measures = [widthMm, lengthMm, heightMm].map(value => value.toFixed(0)).join(' x ');
    throw new Refusal(
      'IMPLAUSIBLE_GEOMETRY',
      `The brain measures ${measures} mm (width, length, height): no patient's does. Pixel spacing or positions are wrong; ` +
        'have the series sent again from the scanner.',
      { ...size }
    );
  }
}

import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { median } from '../../series/statistics';
import { brainLookup } from './brainLookup';
import { doubtOfSlices } from './doubtOfSlices';
import type { BrainSpace } from './findBrain';

// Bound once for the loops over pixels: a lookup of a global is slow where a sandbox stands behind it.
const { abs, ceil, floor, max, min, sqrt } = Math;

/** Brain with its noise; edges of bone and air would outweigh it, HU. */
const TISSUE_HU: readonly [number, number] = [0, 75];
/** Noise of neighbours is compared with that of pixels this far apart, which hardly know of each other. */
const FAR_PIXELS = 3;
/** Edge of the squares in which it is measured, mm, and the part of their pixels that must count. */
const SQUARE_MM = 10;
const LEAST_SHARE = 0.7;
/** Drawn images have no noise: more of their pixels than this equal the next (up to a third in scans). */
const GREATEST_EQUAL_SHARE = 0.5;
/** Only planes of the vault: at the skull base streaks lie between the bones. */
const VAULT_SHARE = 0.6;
/**
 * How much rougher than the median of the head a square is if its noise was not made by the same scanner and
 * kernel, and how many squares of a slice must be.
 */
const ROUGHER = 1.7;
const LEAST_SQUARES = 8;
/** A head needs as many squares to have a texture of its own. */
const LEAST_ALL = 60;

/**
 * How much stronger than the head's median its noise is if data were damaged (2 % of a stream of JPEG 2000
 * give 3 and more); than at the same place in the slices below and above, since calcification and bone go on;
 * and than the median where it does not matter what they show.
 */
const LOUDER = 2.5;
const LOUDER_THAN_NEXT = 1.5;
const MUCH_LOUDER = 5;
/** Images with little noise have edges all the same, HU; a drawn head has none to compare with. */
const LEAST_LOUD_HU = 5;
const LEAST_USUAL_HU = 0.5;
/** One bright edge is no noise. */
const GREATEST_STEP_HU = 60;

interface Square {
  readonly slice: number;
  /** Where it begins in the pixels of any slice. */
  readonly start: number;
  /** 1 for noise without memory, less for a scanner's; undefined without tissue or noise. */
  readonly roughness?: number;
  /** Mean difference of neighbouring pixels, HU; undefined at the brain's edge. */
  readonly strengthHu?: number;
}

/**
 * Brain whose noise is not that of the rest: painted over, whatever hides there, or damaged. A scanner's
 * kernel makes neighbouring pixels alike, everywhere in a scan as much; numbers from a generator know nothing
 * of each other, even where mean and strength are right. Noise that is much stronger than in the rest is what
 * decoders make of damaged streams.
 */
export function checkNoiseTexture(series: HeadCtSeries, brain: BrainSpace): QualityWarning[] {
  const [first, last] = [brain.slices[0], brain.slices[brain.slices.length - 1]];
  // A damaged slice may have too little brain to be among them.
  const slices = series.slices.map((_, slice) => slice).filter(slice => slice >= first && slice <= last);
  const squares = slices.flatMap(slice => squaresOf(series, brain, slice));
  const rough = roughSlices(squares);
  const loud = loudSlices(squares, series.rows * series.columns);
  return [
    ...warningFor(
      series,
      loud,
      'much stronger noise than the rest: its data are damaged, or an implant disturbs them'
    ),
    ...warningFor(
      series,
      rough.filter(slice => !loud.includes(slice)),
      'another noise than the rest: it was painted over, or is of another image'
    ),
  ];
}

function roughSlices(squares: readonly Square[]): number[] {
  const known = present(squares.map(({ roughness }) => roughness));
  const limit = ROUGHER * median(known);
  return known.length < LEAST_ALL
    ? []
    : slicesOfMany(squares.filter(({ roughness = 0 }) => roughness > limit));
}

function loudSlices(squares: readonly Square[], slicePixels: number): number[] {
  const key = (slice: number, start: number): number => slice * slicePixels + start;
  const strengths = new Map(squares.map(({ slice, start, strengthHu }) => [key(slice, start), strengthHu]));
  const known = present([...strengths.values()]);
  const usual = median(known);
  const isLoud = ({ slice, start, strengthHu = 0 }: Square): boolean => {
    // Infinite at the brain's edge, where nothing can be compared.
    const [below, above] = [slice - 1, slice + 1].map(at => strengths.get(key(at, start)) ?? Infinity);
    const next = max(below, above);
    const limit = min(MUCH_LOUDER * usual, max(LOUDER * usual, LOUDER_THAN_NEXT * next));
    return strengthHu > max(LEAST_LOUD_HU, limit);
  };
  return known.length < LEAST_ALL || usual < LEAST_USUAL_HU ? [] : slicesOfMany(squares.filter(isLoud));
}

function present(values: readonly (number | undefined)[]): number[] {
  return values.filter((value): value is number => value !== undefined);
}

/** Slices that hold enough of the squares. */
function slicesOfMany(squares: readonly Square[]): number[] {
  const counts = new Map<number, number>();
  squares.forEach(({ slice }) => counts.set(slice, (counts.get(slice) ?? 0) + 1));
  return [...counts]
    .filter(([, count]) => count >= LEAST_SQUARES)
    .map(([slice]) => slice)
    .sort((a, b) => a - b);
}

function warningFor(
  series: HeadCtSeries,
  doubtful: readonly number[],
  what: string
): readonly QualityWarning[] {
  return doubtOfSlices(series, doubtful, `a part of the brain has ${what}.`);
}

function squaresOf(series: HeadCtSeries, brain: BrainSpace, slice: number): Square[] {
  const { areasCm2 } = brain;
  const plane = brain.volume.planeOfSlice[slice];
  // Where the slice's own mask is lost, brain lies between brain.
  const between = min(areasCm2[plane - 1] ?? 0, areasCm2[plane + 1] ?? 0);
  if (max(areasCm2[plane], between) < VAULT_SHARE * max(...areasCm2)) {
    return [];
  }
  const { rows, columns, pixelSpacingMm } = series;
  const { hu } = series.slices[slice];
  const [own, below, above] = [plane, plane - 1, plane + 1].map(at => brainLookup(series, brain, slice, at));
  const isBrain = (row: number, column: number): boolean =>
    own(row, column) || (below(row, column) && above(row, column));
  const [high, wide] = pixelSpacingMm.map(spacing => ceil(SQUARE_MM / spacing));
  const squares: Square[] = [];
  for (let row = 0; row + high + FAR_PIXELS <= rows; row += high) {
    for (let column = 0; column + wide + FAR_PIXELS <= columns; column += wide) {
      if (isBrain(row + floor(high / 2), column + floor(wide / 2))) {
        const isAmid =
          isBrain(row, column) &&
          isBrain(row, column + wide) &&
          isBrain(row + high, column) &&
          isBrain(row + high, column + wide);
        const start = row * columns + column;
        const { roughness, strengthHu } = measured(hu, columns, start, wide, high);
        squares.push({ slice, start, roughness, strengthHu: isAmid ? strengthHu : undefined });
      }
    }
  }
  return squares;
}

/** Difference to the next pixel, and this by that to one farther away, in both directions. */
function measured(
  hu: Int16Array,
  columns: number,
  start: number,
  wide: number,
  high: number
): { readonly roughness?: number; readonly strengthHu: number } {
  let [near, far, count, equal, steps] = [0, 0, 0, 0, 0];
  for (let y = 0; y < high; y++) {
    const first = start + y * columns;
    let value = hu[first];
    for (let i = first; i < first + wide; i++) {
      const right = hu[i + 1];
      const below = hu[i + columns];
      steps += min(abs(value - right), GREATEST_STEP_HU) + min(abs(value - below), GREATEST_STEP_HU);
      if (isTissue(value) && isTissue(right) && isTissue(below)) {
        const farRight = hu[i + FAR_PIXELS];
        const farBelow = hu[i + FAR_PIXELS * columns];
        if (isTissue(farRight) && isTissue(farBelow)) {
          near += (value - right) * (value - right) + (value - below) * (value - below);
          far += (value - farRight) * (value - farRight) + (value - farBelow) * (value - farBelow);
          count++;
          equal += value === right ? 1 : 0;
        }
      }
      value = right;
    }
  }
  const isScanned = count >= LEAST_SHARE * wide * high && equal <= GREATEST_EQUAL_SHARE * count;
  return {
    roughness: isScanned && far > 0 ? sqrt(near / far) : undefined,
    strengthHu: steps / (2 * wide * high),
  };
}

function isTissue(hu: number): boolean {
  return hu > TISSUE_HU[0] && hu < TISSUE_HU[1];
}

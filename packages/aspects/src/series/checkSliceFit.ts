import { findAlternation } from './alternatingSlices';
import { slicesBelowBrain } from './slicesBelowBrain';
import type { QualityWarning } from './headCtSeries';
import { Refusal } from '../base/refusal';
import { difference, HEAD_HU, LEAST_DIFFERENCE_HU } from './previewDifference';
import { PREVIEW_CELL_CM2, slicePreviews, type PlacedSlices } from './slicePreviews';
import { findSteps, type Misfit } from './sliceSteps';
import { median } from './statistics';

// Bound once for the loops over cells: a lookup of a global is slow where a sandbox stands behind it
// (test runners).
const { abs, max, min } = Math;

/**
 * Slices with neighbours farther apart than this are not compared with them, and not one by one for their
 * likeness, mm. The order of the whole stack shows in sparser ones still.
 */
const NEIGHBOURS_MM = 30;
const ALIKE_MM = 16;
const ORDERED_MM = 45;
/** Attenuation of brain in a cell, with its calibration error, HU. */
const BRAIN_HU: readonly [number, number] = [0, 90];
/**
 * Attenuation of soft tissue in a slice that is too dark or too bright, HU; bone and air of the skull
 * base are none.
 */
const SOFT_HU: readonly [number, number] = [-100, 150];
const AIR_HU = -700;
const BONE_HU = 150;
/** Areas that are large enough to be compared, cm2. */
const LEAST_BRAIN_CM2 = 25;
const LEAST_HEAD_CM2 = 25;
const LEAST_BONE_CM2 = 10;
const LEAST_AIR_SHARE = 0.05;

/**
 * Limits; in brackets what sound scans reach at most (a tilted scan of two slice thicknesses, 16 heads at 1
 * to 8 mm with noise of 3 to 10 HU, overlapping reconstructions). Brain between brain on both neighbours
 * differs from their mean by less than this, HU (6.1).
 */
const OFFSET_HU = 12;
/** Scanners' step; noise hides what it rounds. */
const FINE_STEP_HU = 1;
/**
 * Farther apart than `ALIKE_MM`, skull base lies between brain and brain: a wrong offset shifts soft tissue
 * all alike, by more than this many median deviations (1.6).
 */
const ALIKE_SHIFT = 2;
/**
 * A slice keeps at least this part of the head, bone and soft tissue that both neighbours have
 * (0.97, 0.80, 0.56).
 */
const LEAST_PART = { head: 0.5, bone: 0.35, soft: 0.25 };
/**
 * Less than this part of the head that slices below and above show is none: necks are thinner than heads
 * and shoulders.
 */
const VOID_PART = 0.2;
/** Of the air around the head, neighbours share at least this part (0.70). */
const LEAST_SHARED_AIR = 0.25;
/** How much less a slice resembles the nearer neighbour than these resemble each other (0.88). */
const FOREIGN = 2;
/** From here on a slice is unlike its neighbours; a patient who moves makes a few of these. */
const UNLIKE = 1.35;
const MOST_UNLIKE_SHARE = 0.1;
const MOST_UNLIKE = 2;
/**
 * In a stack in order, slices resemble their neighbours more than these resemble each other: the mean
 * difference to a neighbour is at most this part of that between the neighbours (0.64; 0.72 with
 * salt-and-pepper noise; 0.77 at distances of 10 to 20 mm), in disorder it is nearly the same.
 */
const DISORDER = 0.8;
/** Fewer slices with neighbours than this have no order to be judged. */
const LEAST_ORDERED = 5;

/**
 * Whether each slice fits its neighbours: what a wrong rescale, a foreign or empty slice, noise or a wrong
 * order leave behind. Robust statistics of brain, skull and the air around the head: slices of a sound scan
 * change in thickness, tilt, noise and content. Yields between slices.
 *
 * @param stepHu the largest difference of neighbouring stored values: it may round tissue of one slice up and
 *   that of the next down
 * @throws Refusal HETEROGENEOUS_SLICES naming the slices and what is wrong with them.
 */
export function* checkSliceFit(series: PlacedSlices, stepHu = 1): Generator<void, QualityWarning[]> {
  const grid = yield* slicePreviews(series);
  const previews = grid.slices;
  const roundingHu = stepHu > FINE_STEP_HU ? stepHu : 0;
  const span = (from: number, to: number): number => series.planeOffsetsMm[to] - series.planeOffsetsMm[from];
  // There a shoulder may follow upon a neck.
  const first = slicesBelowBrain(grid);
  const steps = yield* findSteps(grid, series.planeOffsetsMm, { first, roundingHu });
  const contents = previews.map(contentOf);
  const misfits = [...voids(contents.map(({ head }) => head)), ...steps.misfits];
  const unlike = new Set(steps.unlike);
  const likenesses: Likeness[] = [];
  for (let i = 1; i < previews.length; i++) {
    const [before, slice, after] = [previews[i - 1], previews[i], previews[i + 1]];
    if (i > first && span(i - 1, i) <= NEIGHBOURS_MM && sharedAir(before, slice) < LEAST_SHARED_AIR) {
      misfits.push({
        index: i,
        severity: 1,
        reason: 'the outline of the head does not match the slice below',
      });
    }
    const spanMm = after && i > first ? span(i - 1, i + 1) : Infinity;
    if (spanMm <= NEIGHBOURS_MM) {
      const offset = offsetMisfit(before, slice, after, { sparse: spanMm > ALIKE_MM, roundingHu });
      const found = offset ?? contentMisfit(contents[i - 1], contents[i], contents[i + 1]);
      misfits.push(...(found ? [{ index: i, ...found }] : []));
    }
    if (spanMm <= ORDERED_MM) {
      const [below, above] = [steps.apart[i - 1], steps.apart[i]];
      const likeness = { below, above, around: difference(before, after) };
      // Far apart, single slices may differ; the order of the whole stack still shows.
      const strangeness = spanMm <= ALIKE_MM ? foreignness(likeness, LEAST_DIFFERENCE_HU + roundingHu) : 0;
      if (strangeness >= FOREIGN) {
        misfits.push({
          index: i,
          severity: 1,
          reason: 'it differs from both neighbours, which resemble each other',
        });
      } else if (strangeness >= UNLIKE) {
        unlike.add(i);
      }
      likenesses.push(likeness);
    }
    yield;
  }
  const names = (indices: readonly number[]): string[] =>
    [...new Set(indices)].map(i => series.slices[i].sopInstanceUID);
  const of = `of ${previews.length} slices`;
  if (misfits.length > 0) {
    const [worst, ...others] = misfits.sort((a, b) => b.severity - a.severity);
    const slices = names([worst, ...others].map(({ index }) => index));
    throw heterogeneous(
      `${slices.length} ${of} do not fit their neighbours (${slices[0]}: ${worst.reason})`,
      {
        slices,
      }
    );
  }
  if (isDisordered(likenesses) || unlike.size > max(MOST_UNLIKE, MOST_UNLIKE_SHARE * previews.length)) {
    throw heterogeneous('Neighbouring slices are no more alike than distant ones', {
      slices: names([...unlike]),
    });
  }
  const doubts = [
    ...(unlike.size > 0
      ? [`${unlike.size} ${of} differ from their neighbours (patient movement?): check these slices.`]
      : []),
    ...(steps.uneven.length > 0
      ? [
          `Soft-tissue attenuation jumps between slices (at ${names(steps.uneven).length} ${of}): calibration error?`,
        ]
      : []),
    ...steps.turns.map(
      ({ index, deg }) =>
        `From slice ${index + 1} ${of} on the head is rotated by about ${abs(deg)} degrees against the slices below ` +
        '(patient movement?): check left and right, and the regions there.'
    ),
    ...((yield* findAlternation(grid, roundingHu))
      ? ['Every second slice seems to belong to another scan: check that the series contains a single scan.']
      : []),
  ];
  return doubts.map(message => ({ code: 'LOW_CONFIDENCE', message }));
}

/** Slices that show hardly any head though slices below and above do. */
function voids(areas: readonly number[]): (Misfit & { readonly index: number })[] {
  return areas.flatMap((area, index) => {
    const expected = min(max(...areas.slice(0, index)), max(...areas.slice(index + 1)));
    return expected * PREVIEW_CELL_CM2 >= LEAST_HEAD_CM2 && area < VOID_PART * expected
      ? [{ index, severity: 2, reason: 'no head, although the slices below and above show one' }]
      : [];
  });
}

function heterogeneous(what: string, details: Readonly<Record<string, unknown>>): Refusal {
  return new Refusal(
    'HETEROGENEOUS_SLICES',
    `${what}: rescale values, content or order of the images are wrong. Have the series sent again from the scanner, or choose another.`,
    details
  );
}

/** Cells of air that both have, as a part of those of the one that has more; 1 where there is hardly any. */
function sharedAir(a: Float32Array, b: Float32Array): number {
  let [inA, inB, inBoth] = [0, 0, 0];
  for (let cell = 0; cell < a.length; cell++) {
    const airA = a[cell] < AIR_HU;
    const airB = b[cell] < AIR_HU;
    inA += airA ? 1 : 0;
    inB += airB ? 1 : 0;
    inBoth += airA && airB ? 1 : 0;
  }
  const more = max(inA, inB);
  return more < LEAST_AIR_SHARE * a.length ? 1 : inBoth / more;
}

/**
 * Where both neighbours show the same brain, the slice between shows it too, as bright.
 * @param sparse far apart
 */
function offsetMisfit(
  before: Float32Array,
  slice: Float32Array,
  after: Float32Array,
  { sparse, roundingHu }: { readonly sparse: boolean; readonly roundingHu: number }
): Misfit | undefined {
  const differences: number[] = [];
  for (let cell = 0; cell < slice.length; cell++) {
    const a = before[cell];
    const b = after[cell];
    if (isBrain(a) && isBrain(b) && (sparse ? isSoft(slice[cell]) : !Number.isNaN(slice[cell]))) {
      differences.push(slice[cell] - (a + b) / 2);
    }
  }
  if (differences.length * PREVIEW_CELL_CM2 < LEAST_BRAIN_CM2) {
    return undefined;
  }
  const offset = median(differences);
  const spread = sparse ? median(differences.map(difference => abs(difference - offset))) : 0;
  return abs(offset) > max(OFFSET_HU + roundingHu, ALIKE_SHIFT * spread)
    ? {
        reason: `brain differs by ${offset.toFixed(0)} HU from the slices above and below`,
        severity: abs(offset) / OFFSET_HU,
      }
    : undefined;
}

function isBrain(hu: number): boolean {
  return hu >= BRAIN_HU[0] && hu <= BRAIN_HU[1];
}

function isSoft(hu: number): boolean {
  return hu >= SOFT_HU[0] && hu <= SOFT_HU[1];
}

/** What a slice shows, cells of each. */
interface Content {
  readonly head: number;
  readonly bone: number;
  readonly soft: number;
}

function contentOf(preview: Float32Array): Content {
  let [head, bone, soft] = [0, 0, 0];
  for (let cell = 0; cell < preview.length; cell++) {
    const hu = preview[cell];
    if (hu > HEAD_HU) {
      head++;
      bone += hu > BONE_HU ? 1 : 0;
      soft += isBrain(hu) ? 1 : 0;
    }
  }
  return { head, bone, soft };
}

function contentMisfit(before: Content, slice: Content, after: Content): Misfit | undefined {
  const kinds = [
    ['head', LEAST_HEAD_CM2, 'head'],
    ['bone', LEAST_BONE_CM2, 'bone'],
    ['soft', LEAST_BRAIN_CM2, 'soft tissue'],
  ] as const;
  for (const [kind, leastCm2, what] of kinds) {
    const expected = min(before[kind], after[kind]);
    if (expected * PREVIEW_CELL_CM2 >= leastCm2 && slice[kind] < LEAST_PART[kind] * expected) {
      return { reason: `hardly any ${what}, unlike the slices above and below`, severity: 1 };
    }
  }
  return undefined;
}

/** Differences of a slice to the one below and the one above, and of these to each other, HU. */
interface Likeness {
  readonly below: number;
  readonly above: number;
  readonly around: number;
}

/**
 * Difference to the likest neighbour in units of the difference between the neighbours; 0 where it is
 * too small to say (below `leastHu`).
 */
function foreignness({ below, above, around }: Likeness, leastHu: number): number {
  const least = min(below, above);
  return least < leastHu ? 0 : least / max(1, around);
}

function isDisordered(likenesses: readonly Likeness[]): boolean {
  const told = likenesses.filter(({ around }) => around >= LEAST_DIFFERENCE_HU);
  const sum = (value: (likeness: Likeness) => number): number =>
    told.reduce((total, likeness) => total + value(likeness), 0);
  const adjacent = sum(({ below, above }) => (below + above) / 2);
  return told.length >= LEAST_ORDERED && adjacent > DISORDER * sum(({ around }) => around);
}

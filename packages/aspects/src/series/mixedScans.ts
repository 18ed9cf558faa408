import type { CtInstanceMetadata } from './ctInstance';
import type { QualityWarning } from './headCtSeries';
import { median } from './statistics';

/** Times nearer to each other than this are those of one rotation, or rounding, s. */
const SAME_TIME_S = 2;
/**
 * A head is scanned within a minute, and again within a few where the patient moved; images farther apart
 * are of two scans, s.
 */
const LONGEST_SCAN_S = 10 * 60;
const DAY_S = 24 * 3600;
/** Turning back, or a value that returns, at this part of the slices; single ones are seams or repairs. */
const ALTERNATING_SHARE = 0.25;
const LEAST_RETURNS = 3;
/** Distances of even and odd slices to the next differ by at least this part, or places by this, mm. */
const UNEVEN_PART = 0.12;
const APART_MM = 0.4;
const LEAST_SLICES = 8;

/**
 * What a scan has once, or in one order: its values follow each other along the stack. Where they return,
 * slices of two scans lie between each other. Tube current is left out: it is modulated along the head.
 */
const ATTRIBUTES: readonly (readonly [
  string,
  (instance: CtInstanceMetadata) => string | number | undefined,
])[] = [
  ['Acquisition Date (0008,0022)', ({ acquisitionDate }) => acquisitionDate],
  ['Acquisition Number (0020,0012)', ({ acquisitionNumber }) => acquisitionNumber],
  ['Irradiation Event UID (0008,3010)', ({ irradiationEventUID }) => irradiationEventUID],
  ['tube voltage (0018,0060)', ({ kvp }) => kvp],
  ['Convolution Kernel (0018,1210)', ({ convolutionKernel }) => convolutionKernel],
  ['Table Height (0018,1130)', ({ tableHeight }) => tableHeight],
];

/**
 * Signs in the attributes that a series holds two scans, slice by slice in turn or part by part: each shows
 * the whole head, and a lesion of the one is in half of the slices only.
 * @param stack in the order of the slices
 */
export function mixedScans(stack: {
  readonly instances: readonly CtInstanceMetadata[];
  readonly planeOffsetsMm: readonly number[];
}): QualityWarning[] {
  const { instances, planeOffsetsMm } = stack;
  const returning = ATTRIBUTES.filter(([, valueOf]) => returns(instances.map(valueOf))).map(([name]) => name);
  const told = [
    ...(returning.length > 0 ? [`${returning.join(', ')} of the slices alternates along the stack`] : []),
    ...timeSigns(instances),
    ...(instances.length >= LEAST_SLICES && placesAlternate(instances, planeOffsetsMm)
      ? ['positions of every second slice are shifted against the others']
      : []),
  ];
  return told.length === 0
    ? []
    : [
        {
          code: 'LOW_CONFIDENCE',
          message: `The series seems to hold slices of two scans (${told.join('; ')}): check that they belong together.`,
        },
      ];
}

/** Values that come back after another one, more often than a seam makes it. */
function returns(values: readonly (string | number | undefined)[]): boolean {
  if (values.includes(undefined)) {
    return false;
  }
  const runs = values.filter((value, i) => i === 0 || value !== values[i - 1]).length;
  return runs - new Set(values).size >= leastReturns(values.length);
}

function leastReturns(count: number): number {
  return Math.max(LEAST_RETURNS, ALTERNATING_SHARE * count);
}

/** Sequential scans go one way, spiral ones have one time for all. */
function timeSigns(instances: readonly CtInstanceMetadata[]): string[] {
  const known = instances.flatMap(instance => timeOf(instance) ?? []);
  if (known.length < instances.length) {
    return [];
  }
  const steps = known.slice(1).map(({ seconds }, i) => seconds - known[i].seconds);
  const moves = steps.filter(step => Math.abs(step) > SAME_TIME_S);
  const turns = moves.slice(1).filter((step, i) => step > 0 !== moves[i] > 0).length;
  const spanS = spanOf(
    known.map(({ seconds }) => seconds),
    known.every(({ isDated }) => isDated)
  );
  return [
    ...(turns >= leastReturns(known.length)
      ? ['their Acquisition Times go back and forth along the stack']
      : []),
    ...(spanS > LONGEST_SCAN_S ? [`they were acquired within ${(spanS / 60).toFixed(0)} minutes`] : []),
  ];
}

interface Time {
  readonly seconds: number;
  readonly isDated: boolean;
}

/** (0008,0032) with (0008,0022), or (0008,002A); undefined where no time can be read. */
function timeOf({ acquisitionDate, acquisitionTime }: CtInstanceMetadata): Time | undefined {
  const parts = /^(\d{8})?(\d\d)(\d\d)(\d\d(?:\.\d+)?)/.exec(acquisitionTime?.trim() ?? '');
  if (!parts) {
    return undefined;
  }
  const [, date, hours, minutes, seconds] = parts;
  const days = daysOf(date ?? acquisitionDate);
  const clock = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return { seconds: (days ?? 0) * DAY_S + clock, isDated: days !== undefined };
}

/** Days since 1970. */
function daysOf(text: string | undefined): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)/.exec(text?.trim() ?? '');
  return parts
    ? Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) / (1000 * DAY_S)
    : undefined;
}

/** Without dates, midnight may lie between: the longest pause is then the one outside. */
function spanOf(seconds: readonly number[], isDated: boolean): number {
  const sorted = [...seconds].sort((a, b) => a - b);
  const span = sorted[sorted.length - 1] - sorted[0];
  if (isDated) {
    return span;
  }
  const pauses = sorted.slice(1).map((time, i) => time - sorted[i]);
  return Math.min(span, DAY_S - Math.max(0, ...pauses));
}

/** Distances between planes alternately long and short, or positions in the plane alternating sideways. */
function placesAlternate(
  instances: readonly CtInstanceMetadata[],
  planeOffsetsMm: readonly number[]
): boolean {
  const distances = planeOffsetsMm.slice(1).map((offset, i) => offset - planeOffsetsMm[i]);
  const least = UNEVEN_PART * median(distances);
  const positions = instances.map(({ imagePositionPatient }) => imagePositionPatient ?? [0, 0, 0]);
  const inPlane = [0, 1].map(axis => positions.map(position => position[axis]));
  return (
    alternates(planeOffsetsMm, Math.max(least / 2, 0.1)) ||
    inPlane.some(values => alternates(values, APART_MM))
  );
}

/** Whether nearly every value lies beyond the mean of its neighbours, alternately above and below. */
function alternates(values: readonly number[], leastBeyond: number): boolean {
  const beyond = values.slice(1, -1).map((value, i) => value - (values[i] + values[i + 2]) / 2);
  const inTurn = beyond.filter(
    (value, i) =>
      i > 0 &&
      Math.min(Math.abs(value), Math.abs(beyond[i - 1])) > leastBeyond &&
      value > 0 !== beyond[i - 1] > 0
  );
  return inTurn.length >= 3 * ALTERNATING_SHARE * (beyond.length - 1);
}

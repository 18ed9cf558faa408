import type { QualityWarning, WarningCode } from '../../series/headCtSeries';
import type { HaemorrhageSummary, HemisphereResult } from './aspectsResult';
import { ASPECTS_REGIONS, type Level, type Side } from './regions';

/** Warnings that follow from the masks alone: made anew whenever a result is computed. */
const RESULT_WARNING_CODES: readonly WarningCode[] = [
  'PARTIAL_COVERAGE',
  'HEMORRHAGE_SUSPECTED',
  'BOTH_SIDES',
  'ASYMMETRIC_REGIONS',
];

/** Where brain bulges out of an open skull, its limits and the comparison of the sides are a guess. */
export const OPEN_SKULL_WARNING: QualityWarning = {
  code: 'LOW_CONFIDENCE',
  message:
    'A large part of the skull is missing (after a hemicraniectomy, or outside of the image): the networks were not trained for that. Check every region.',
};

/** Whether a warning follows from the masks, so that a correction of these decides it anew. */
export function followsFromMasks({ code }: QualityWarning): boolean {
  return RESULT_WARNING_CODES.includes(code);
}

/** A pair of regions in which one is at least this large is compared, ml. */
const LEAST_COMPARED_ML = 0.5;
/** The smaller of a pair should not be less than this part of the larger. */
const LEAST_PAIR_RATIO = 1 / 3;

export interface WarningInput {
  readonly known: readonly QualityWarning[];
  readonly hemispheres: Readonly<Record<Side, HemisphereResult>>;
  readonly levels: Readonly<Record<Level, readonly string[]>>;
  readonly haemorrhage: HaemorrhageSummary;
}

/**
 * The warnings of a result: those known from the series and the runtime, then those about the masks. A code
 * may have several reasons; each is told once.
 */
export function resultWarnings({ known, hemispheres, levels, haemorrhage }: WarningInput): QualityWarning[] {
  const made = [
    haemorrhageWarning(haemorrhage),
    coverageWarning(hemispheres, levels),
    bothSidesWarning(hemispheres),
    asymmetryWarning(hemispheres),
  ];
  const all = [...known, ...made.filter((warning): warning is QualityWarning => warning !== undefined)];
  return all.filter(
    ({ code, message }, i) => all.findIndex(other => other.code === code && other.message === message) === i
  );
}

function haemorrhageWarning({ suspected, volumeMl }: HaemorrhageSummary): QualityWarning | undefined {
  return suspected
    ? {
        code: 'HEMORRHAGE_SUSPECTED',
        message: `Hyperdense tissue of ${volumeMl.toFixed(1)} ml inside the brain: look for a haemorrhage before using the score.`,
      }
    : undefined;
}

function coverageWarning(
  { left, right }: WarningInput['hemispheres'],
  levels: WarningInput['levels']
): QualityWarning | undefined {
  const missing = ASPECTS_REGIONS.filter(
    (_, i) => left.regions[i].volumeMl + right.regions[i].volumeMl === 0
  );
  const empty = (Object.keys(levels) as Level[]).filter(level => levels[level].length === 0);
  if (missing.length === 0 && empty.length === 0) {
    return undefined;
  }
  const parts = [
    empty.length ? `no ${empty.join(' and no ')} slices` : '',
    missing.length ? `${missing.map(({ name }) => name).join(', ')} not found on either side` : '',
  ];
  return {
    code: 'PARTIAL_COVERAGE',
    message: `The scan does not show every region (${parts.filter(Boolean).join('; ')}): these count as unaffected.`,
  };
}

function bothSidesWarning({ left, right }: WarningInput['hemispheres']): QualityWarning | undefined {
  return left.score < 10 && right.score < 10
    ? {
        code: 'BOTH_SIDES',
        message: `Both hemispheres have affected regions (left ${left.score}, right ${right.score}); the score is that of the worse one.`,
      }
    : undefined;
}

function asymmetryWarning({ left, right }: WarningInput['hemispheres']): QualityWarning | undefined {
  const asymmetric = ASPECTS_REGIONS.filter((_, i) => {
    const [a, b] = [left.regions[i].volumeMl, right.regions[i].volumeMl];
    return Math.max(a, b) >= LEAST_COMPARED_ML && Math.min(a, b) < LEAST_PAIR_RATIO * Math.max(a, b);
  });
  return asymmetric.length > 0
    ? {
        code: 'ASYMMETRIC_REGIONS',
        message: `Left and right differ implausibly in size for ${asymmetric.map(({ name }) => name).join(', ')}: check these regions.`,
      }
    : undefined;
}

import { describedOutcome, type DescribedOutcome } from '@deep-aspects/aspects/report';

/** What the host tells of a series. */
export interface DescribedSeries {
  readonly modality?: string;
  readonly description?: string;
  readonly seriesNumber?: string | number;
}

/**
 * What a worklist shows of a study: `changed` is a result that a reader has changed; `queued` and `failed`
 * are told by the scoring server.
 */
export type StudyOutcome =
  | { readonly state: 'none' }
  | { readonly state: 'queued' }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'refused'; readonly code: string }
  | {
      readonly state: 'ready' | 'changed';
      readonly score: number;
      readonly side: 'left' | 'right' | 'both' | 'none';
      readonly haemorrhageSuspected: boolean;
    };

/** Reports and refusals; pictures and masks tell the same. */
const TELLS = 'SR';
/** A score up to which a large infarct is likely: first to be read. */
const URGENT_SCORE = 5;

/**
 * The outcome that a study's series tell: a result before a refusal; of several the latest version, whose
 * series number is the highest; of two with one number the reader's.
 */
export function studyOutcome(series: readonly DescribedSeries[]): StudyOutcome {
  const described = series
    .filter(({ modality }) => modality === TELLS)
    .flatMap(({ description, seriesNumber }) => {
      const outcome = describedOutcome(description ?? '');
      return outcome ? [{ outcome, place: placeOf(outcome, Number(seriesNumber) || 0) }] : [];
    })
    .sort((a, b) => b.place - a.place)[0]?.outcome;
  if (!described) {
    return { state: 'none' };
  }
  if (described.kind === 'refused') {
    return { state: 'refused', code: described.code };
  }
  const { score, side, haemorrhageSuspected, changedByReader } = described;
  return { state: changedByReader ? 'changed' : 'ready', score, side, haemorrhageSuspected };
}

function placeOf(outcome: DescribedOutcome, seriesNumber: number): number {
  return outcome.kind === 'refused' ? -1 : 2 * seriesNumber + Number(outcome.changedByReader);
}

export function isUrgent(outcome: StudyOutcome | undefined): boolean {
  return (
    outcome !== undefined &&
    'score' in outcome &&
    (outcome.haemorrhageSuspected || outcome.score <= URGENT_SCORE)
  );
}

/** Places behind the scores. */
const WITHOUT_SCORE = { refused: 11, failed: 12, queued: 13, none: 14 } as const;

/**
 * Order of a list, the most urgent first: haemorrhage, then by score, then what a score cannot be had of,
 * then what waits, then the rest.
 */
export function urgencyOrder(outcome: StudyOutcome | undefined): number {
  if (outcome && 'score' in outcome) {
    return outcome.haemorrhageSuspected ? -1 : outcome.score;
  }
  return WITHOUT_SCORE[outcome?.state ?? 'none'];
}

import type { StudyOutcome } from './studyOutcome';

/** What the scoring server tells of studies without an outcome: `queued` also while they are scored. */
export type JobOutcome = Extract<StudyOutcome, { state: 'queued' | 'failed' }>;

/**
 * The studies that wait for the server `deep-aspects serve`, or have failed there, by Study Instance UID.
 *
 * @param statusUrl address of its status page as this page reaches it
 * @throws Error where it does not answer, or answers something else
 */
export async function fetchJobOutcomes(statusUrl: string): Promise<ReadonlyMap<string, JobOutcome>> {
  const answer = await globalThis.fetch(`${statusUrl.replace(/\/+$/, '')}/studies`);
  if (!answer.ok) {
    throw new Error(`HTTP ${answer.status}`);
  }
  const { studies } = (await answer.json()) as { readonly studies?: unknown };
  if (typeof studies !== 'object' || studies === null) {
    throw new Error('not the address of a status page');
  }
  return new Map(Object.entries(studies).map(([uid, job]: [string, unknown]) => [uid, jobOutcome(job)]));
}

function jobOutcome(job: unknown): JobOutcome {
  const { state, reason } = (job ?? {}) as { readonly state?: unknown; readonly reason?: unknown };
  return state === 'failed'
    ? { state, reason: typeof reason === 'string' ? reason : '' }
    : { state: 'queued' };
}

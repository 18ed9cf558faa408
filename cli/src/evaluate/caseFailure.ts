import type { CaseFailure } from '@deep-aspects/aspects/evaluation';
import { Refusal } from '@deep-aspects/aspects/series';

const INTERNAL = 'INTERNAL_ERROR';

/** Why there are no numbers of a case. */
export function caseFailure(thrown: unknown, name: string): CaseFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { case: name, code: thrown instanceof Refusal ? thrown.code : INTERNAL, message };
}

/** For the exit status: a refusal of the scan, or a failure. */
export function kindOfFailure({ code }: CaseFailure): 'refused' | 'failed' {
  return code === INTERNAL ? 'failed' : 'refused';
}

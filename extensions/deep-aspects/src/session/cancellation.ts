import { Refusal } from '@deep-aspects/aspects/series';

function cancelled(): Refusal {
  return new Refusal('CANCELLED', 'The computation was cancelled.');
}

/** @throws Refusal CANCELLED once the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw cancelled();
  }
}

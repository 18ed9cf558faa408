import { Refusal } from '../core/series/refusal';

function cancelled(): Refusal {
  return new Refusal('CANCELLED', 'The computation was cancelled.');
}

/** @throws Refusal CANCELLED once the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw cancelled();
  }
}

/** Rejects with `CANCELLED` when the signal is aborted; never resolves. */
export function cancellation(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(cancelled()), { once: true });
  });
}

import { Refusal } from './refusal';

/** The least of an `AbortSignal` that is needed. */
export interface CancelSignal {
  readonly aborted: boolean;
}

/** What a computation that the reader stopped ends with. */
export function cancelled(): Refusal {
  return new Refusal('CANCELLED', 'The computation was cancelled; nothing was scored.');
}

/** @throws Refusal `CANCELLED` once the signal is aborted. */
export function throwIfCancelled(signal: CancelSignal | undefined): void {
  if (signal?.aborted) {
    throw cancelled();
  }
}

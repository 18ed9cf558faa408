import { Refusal } from './refusal';

/** The part of an `AbortSignal` that is needed here. */
export interface CancelSignal {
  readonly aborted: boolean;
}

/** The refusal with which a computation ends that the reader stopped. */
export function cancelled(): Refusal {
  return new Refusal('CANCELLED', 'The computation was cancelled; nothing was scored.');
}

/** @throws Refusal `CANCELLED` once the signal is aborted. */
export function throwIfCancelled(signal: CancelSignal | undefined): void {
  if (signal?.aborted) {
    throw cancelled();
  }
}

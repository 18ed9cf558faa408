import { nextTurn, throwIfCancelled } from '@deep-aspects/aspects/series';

/** Longest stretch of work of ours on the main thread before the browser gets its turn, ms. */
const TURN_MS = 12;

/**
 * `items.map(transform)` in short turns: the viewer stays scrollable while hundreds of slices are walked.
 * `transform` itself must be short (one slice). Rejects with `CANCELLED` when aborted.
 */
export async function mapInTurns<T, R>(
  items: readonly T[],
  transform: (item: T, index: number) => R,
  signal?: AbortSignal
): Promise<R[]> {
  const results: R[] = [];
  // What came before may have used up a turn: several such walks, one after the other, would be one task.
  await nextTurn();
  let turnEnds = performance.now() + TURN_MS;
  for (let i = 0; i < items.length; i++) {
    if (performance.now() > turnEnds) {
      await nextTurn();
      turnEnds = performance.now() + TURN_MS;
    }
    throwIfCancelled(signal);
    results.push(transform(items[i], i));
  }
  return results;
}

/** Runs a generator to its end in short turns. */
export async function runInTurns<R>(steps: Generator<void, R>, signal?: AbortSignal): Promise<R> {
  await nextTurn();
  let turnEnds = performance.now() + TURN_MS;
  for (;;) {
    if (performance.now() > turnEnds) {
      await nextTurn();
      turnEnds = performance.now() + TURN_MS;
    }
    throwIfCancelled(signal);
    const step = steps.next();
    if (step.done) {
      return step.value;
    }
  }
}

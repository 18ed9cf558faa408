import { nextTurn } from '@deep-aspects/aspects/series';

/** Frames come every 16 ms: a quarter of one is left to copying, the rest to the viewer. */
const PORTION_MS = 4;

/**
 * Runs `work` for each item and lets the main thread go on with other things whenever a few milliseconds are
 * spent, so that copying the pixels of a large series holds no frame up.
 *
 * @param work called with runs of items: `work` is given each item, `flush` ends a portion
 */
export async function inPortions<T>(
  items: readonly T[],
  work: (item: T) => void,
  flush: () => void,
  pause: () => Promise<void> = nextTurn
): Promise<void> {
  let started = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - started >= PORTION_MS) {
      flush();
      await pause();
      started = performance.now();
    }
  }
  flush();
}

/** Frames come every 16 ms: a quarter of one is left to copying, the rest to the viewer. */
const PORTION_MS = 4;

/**
 * Runs `work` for each item and lets the main thread go on with other things whenever a few milliseconds are spent, so
 * that copying the pixels of a large series holds no frame up.
 *
 * @param work called with runs of items: `work` is given each item, `flush` ends a portion
 */
export async function inPortions<T>(
  items: readonly T[],
  work: (item: T) => void,
  flush: () => void,
  pause: () => Promise<void> = nextTask
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

/** Resolves in a task of its own: input and rendering come first. `setTimeout` would add 4 ms to each portion. */
export function nextTask(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

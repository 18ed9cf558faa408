/** As long as Playwright waits for everything else (chromium.mjs). */
const PATIENCE_MS = 120_000;

/** Waits until `condition` gives a truthy value, and gives that; else throws `what()`. */
export async function until(what, condition) {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await condition();
    if (value) {
      return value;
    }
    if (performance.now() > end) {
      throw new Error(`not in ${PATIENCE_MS / 1000} s: ${what()}`);
    }
    await new Promise(resolve => setTimeout(resolve, 250));
  }
}

import type { OpenNetwork } from './openNetwork';
import { selfTestSlice } from './selfTestSlice';

/** Browsers compile WebAssembly in tiers: the first ten runs take 2 to 10 times as long as the rest. */
const MOST_ROUNDS = 12;
const BUDGET_MS = 6000;

/**
 * Runs both networks on a prepared slice until they have reached their speed, a budget of six seconds is spent, or
 * `wanted` says no, because somebody waits for a real result.
 *
 * @param breathe lets the worker's messages in between two runs
 */
export async function warmUp(
  networks: readonly OpenNetwork[],
  wanted: () => boolean,
  breathe: () => Promise<void>
): Promise<void> {
  const started = performance.now();
  const inputs = networks.map(network => selfTestSlice(network.manifest.input));
  let best = Infinity;
  let roundsWithoutGain = 0;
  for (let round = 0; round < MOST_ROUNDS && roundsWithoutGain < 3; round++) {
    const roundStarted = performance.now();
    for (const [index, network] of networks.entries()) {
      await breathe();
      if (!wanted() || performance.now() - started > BUDGET_MS) {
        return;
      }
      await network.run(inputs[index]);
    }
    const took = performance.now() - roundStarted;
    roundsWithoutGain = took < 0.95 * best ? 0 : roundsWithoutGain + 1;
    best = Math.min(best, took);
  }
}

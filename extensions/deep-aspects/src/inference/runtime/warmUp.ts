import { runAlone } from '@deep-aspects/aspects/scoring';
import type { OpenNetwork } from './openNetwork';
import { selfTestSlice } from '@deep-aspects/aspects/scoring';

/** Browsers compile WebAssembly in tiers: the first ten runs take 2 to 10 times as long as the rest. */
const MOST_ROUNDS = 12;
const BUDGET_MS = 6000;

/**
 * Runs the networks on a prepared slice until they have reached their speed, a budget of six seconds is
 * spent, or `wanted` says no, because somebody waits for a real result.
 *
 * @param networks those in a second worker first: they run while the others hold this thread
 * @param breathe lets the worker's messages in between two rounds
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
    await breathe();
    if (!wanted() || performance.now() - started > BUDGET_MS) {
      return;
    }
    const roundStarted = performance.now();
    // Copies: an input that goes to a second worker is gone.
    await Promise.all(networks.map((network, index) => runAlone(network, inputs[index].slice())));
    const took = performance.now() - roundStarted;
    roundsWithoutGain = took < 0.95 * best ? 0 : roundsWithoutGain + 1;
    best = Math.min(best, took);
  }
}

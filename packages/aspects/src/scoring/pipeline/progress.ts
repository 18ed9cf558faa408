import { throwIfCancelled, type CancelSignal } from '../../base/cancellation';
import { nextTurn } from '../../base/nextTurn';
import { percentWithin } from '../../base/percent';
import type { Progress } from './types';

/** Share of the whole computation (0-100) at which each step begins and ends, from measured times. */
const SPANS: Readonly<Record<Exclude<Progress['step'], 'load'>, readonly [number, number]>> = {
  preprocess: [0, 12],
  anatomy: [12, 53],
  infarct: [53, 94],
  postprocess: [94, 99],
  score: [99, 100],
};

/** The event loop is given a turn at least this often, ms, so that a cancel message is heard. */
const TURN_MS = 50;

/** Reports progress, lets other events in, and stops a cancelled run. */
export interface Pacer {
  /**
   * Reports a step's state, gives up the thread if it was held long, and throws if the run was cancelled.
   *
   * @param ahead units of the next step that are done already, of as many
   */
  pace(step: keyof typeof SPANS, done: number, total: number, ahead?: number): Promise<void>;

  /** The same without a report, for work that few series need. */
  turn(): Promise<void>;
}

export function createPacer(
  onProgress: ((progress: Progress) => void) | undefined,
  signal: CancelSignal | undefined,
  clock: () => number
): Pacer {
  let lastTurn = clock();
  const turn = async (): Promise<void> => {
    if (clock() - lastTurn >= TURN_MS) {
      await nextTurn();
      lastTurn = clock();
    }
    throwIfCancelled(signal);
  };
  return {
    turn,
    async pace(step, done, total, ahead = 0) {
      onProgress?.({ step, done, total, percent: percentWithin(SPANS[step], done + ahead, total) });
      await turn();
    },
  };
}

import { nextTurn } from '@deep-aspects/aspects/series';
import type { LoadedModel } from '../models/loadModel';
import type { OpenNetwork } from '../runtime/openNetwork';
import type { SecondWorker } from './startSecondWorker';

/** A slice for this thread and one for the second worker's. */
const RUNS_AHEAD = 2;

/**
 * A network of single slices that the second worker helps to run whenever it has nothing else to do. It opens
 * the network meanwhile; until then, or if it cannot, all slices run on this thread's `own`. The answers are
 * the same on either.
 */
export function shareNetwork(own: OpenNetwork, model: LoadedModel, worker: SecondWorker): OpenNetwork {
  if (!('run' in own)) {
    return own;
  }
  let elsewhere: OpenNetwork | undefined;
  void worker.open(model).then(
    network => (elsewhere = network),
    () => undefined
  );
  return {
    ...own,
    runsAhead: RUNS_AHEAD,
    run: async input => {
      if (!worker.isIdle) {
        // A run of our own holds this thread until it is done: let the second worker's answers in
        // before, so that it is given its next slices.
        await nextTurn();
      }
      return (elsewhere && 'run' in elsewhere && worker.isIdle ? elsewhere : own).run(input);
    },
  };
}

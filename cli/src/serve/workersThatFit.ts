import { availableParallelism, totalmem } from 'node:os';

/** Memory that a worker is given, bytes: enough for a series of 300 thin slices. */
const EACH = 2 ** 30;

/** How many workers a machine has room for: a core each and 1 GB of memory each, at least one. */
export function workersThatFit(cores: number, memoryBytes: number): number {
  return Math.max(1, Math.min(cores, Math.floor(memoryBytes / EACH)));
}

/** The same of this machine, or of the container in which this process runs. */
export function workersThatFitHere(): number {
  // Without a limit some systems tell one that is larger than the memory, others none.
  const limit = process.constrainedMemory() || Infinity;
  return workersThatFit(availableParallelism(), Math.min(totalmem(), limit));
}

/**
 * Feeds items to as many workers as there are, each taking the next one when it is free. Rejects at the first
 * error; then no worker takes another item, and what others still finish is dropped.
 *
 * @param onDone called as items finish, in that order; awaited, so that output never piles up
 */
export async function runAll<Worker, Item, Result>(
  items: Iterable<Item>,
  workers: readonly Worker[],
  work: (worker: Worker, item: Item) => Promise<Result>,
  onDone: (item: Item, result: Result) => void | Promise<void>
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let ended = false;
  const lane = async (worker: Worker) => {
    for (let next = queue.next(); !next.done && !ended; next = queue.next()) {
      const result = await work(worker, next.value);
      if (!ended) {
        await onDone(next.value, result);
      }
    }
  };
  try {
    await Promise.all(workers.map(lane));
  } finally {
    ended = true;
  }
}

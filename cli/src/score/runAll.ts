/**
 * Feeds items to as many workers as there are, each taking the next one when it is free.
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
  await Promise.all(
    workers.map(async worker => {
      for (let next = queue.next(); !next.done; next = queue.next()) {
        await onDone(next.value, await work(worker, next.value));
      }
    })
  );
}

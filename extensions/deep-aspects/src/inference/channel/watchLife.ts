type Locks = Pick<LockManager, 'request'>;

/**
 * Calls `onDeath` once when the worker that holds the Web Lock `name` is gone, however it ended: browsers
 * tell nobody when they kill a worker for memory, but they do free its locks. To be called after the worker
 * said that it holds it.
 *
 * @returns a function that stops watching
 */
export function watchLife(name: string, onDeath: () => void, locks: Locks): () => void {
  const stop = new AbortController();
  locks
    .request(name, { signal: stop.signal }, () => {
      if (!stop.signal.aborted) {
        onDeath();
      }
    })
    // Rejects with an AbortError when watching stops.
    .catch(() => undefined);
  return () => stop.abort();
}

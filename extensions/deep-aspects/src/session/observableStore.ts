/** A value that React's `useSyncExternalStore` can watch. */
export interface ObservableStore<T extends object> {
  readonly getSnapshot: () => T;
  readonly subscribe: (listener: () => void) => () => void;
  readonly update: (change: Partial<T>) => void;
}

/** Keeps one immutable object; `update` replaces it and calls every listener once. */
export function createObservableStore<T extends object>(initial: T): ObservableStore<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    getSnapshot: () => value,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    update(change) {
      value = { ...value, ...change };
      listeners.forEach(listener => listener());
    },
  };
}

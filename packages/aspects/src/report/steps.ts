/** Work in short steps: whoever runs it may do something else at each yield. */
export type Steps<R> = Generator<void, R>;

/** Runs all steps at once, for callers whose thread has nothing else to do. */
export function runAtOnce<R>(steps: Steps<R>): R {
  for (;;) {
    const step = steps.next();
    if (step.done) {
      return step.value;
    }
  }
}

/** A job that was given up, and its worker replaced, since it had taken longer than any sound one takes. */
export class TimeLimitError extends Error {
  /** @param limitMs how long it was given, ms */
  constructor(limitMs: number) {
    super(`no result within ${limitMs / 1000} s; the worker was replaced`);
  }
}

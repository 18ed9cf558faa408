/** Exit status of every command (docs/cli.md): the greatest need for attention wins in a batch. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3 } as const;

/** Wrong usage: the message says what is wrong, and exit status 2 follows. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

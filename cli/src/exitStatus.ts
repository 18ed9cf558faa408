import { constants } from 'node:os';

/** Exit status of every command (docs/cli.md): the greatest need for attention wins in a batch. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3 } as const;

/** The program was told to stop. The exit status is a shell's for a program that the signal ended. */
export class Stopped extends Error {
  override readonly name = 'Stopped';

  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super(`stopped by ${signal}`);
  }

  get exitStatus(): number {
    return 128 + constants.signals[this.signal];
  }
}

/** Wrong usage: the message says what is wrong, and exit status 2 follows. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

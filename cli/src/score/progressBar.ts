import type { TextOutput } from '../output/textOutput';

const WIDTH = 30;

/** A line on a terminal that says how far a batch is; nothing at all where the output is not a terminal. */
export class ProgressBar {
  private done = 0;
  private troubled = 0;
  private readonly startedAt = Date.now();

  constructor(
    private readonly total: number,
    private readonly output: Pick<TextOutput, 'redrawLine'>
  ) {
    this.draw();
  }

  /** @param trouble the item was refused or failed */
  step(trouble: boolean): void {
    this.done += 1;
    this.troubled += trouble ? 1 : 0;
    this.draw();
  }

  /** Removes the line, so that a message can be written in its place. */
  clear(): void {
    this.output.redrawLine('');
  }

  draw(): void {
    const filled = Math.round((WIDTH * this.done) / Math.max(1, this.total));
    const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
    const trouble = this.troubled ? `, ${this.troubled} not scored` : '';
    this.output.redrawLine(`[${bar}] ${this.done}/${this.total}${trouble}${this.pace()}`);
  }

  /** How many a minute since the first began, and how long the rest takes at that. */
  private pace(): string {
    if (this.done === 0 || this.done === this.total) {
      return '';
    }
    const secondsEach = Math.max(Date.now() - this.startedAt, 1) / this.done / 1000;
    const aMinute = 60 / secondsEach;
    const seconds = secondsEach * (this.total - this.done);
    const left = seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
    return `, ${aMinute < 10 ? aMinute.toFixed(1) : Math.round(aMinute)} a minute, ${left} left`;
  }
}

export interface ListingPaceOptions {
  /** Pause between listings, ms, where the archive tells of no changes. */
  readonly pollMs: number;
  /** Where it tells of them, it is asked all the same after so long, ms. */
  readonly anywayMs: number;
}

/** An archive is listed for at most this part of the time: some take seconds for a long list. */
const SHARE = 0.2;

/** Says when an archive should be asked for its studies again. */
export class ListingPace {
  private notBefore = -Infinity;
  private listedAt = -Infinity;
  private change: number | undefined;

  constructor(private readonly options: ListingPaceOptions) {}

  /** @param change number of the latest change; undefined where the archive tells none */
  isDue(now: number, change: number | undefined): boolean {
    if (now < this.notBefore) {
      return false;
    }
    const { pollMs, anywayMs } = this.options;
    if (change === undefined) {
      return now - this.listedAt >= pollMs;
    }
    return change !== this.change || now - this.listedAt >= anywayMs;
  }

  /** Whether the last listing holds everything up to this change. */
  isKnown(change: number | undefined): boolean {
    return change !== undefined && change === this.change;
  }

  /** A listing that began at `now` has ended. @param change as it was before the listing */
  listed(now: number, endedAt: number, change: number | undefined): void {
    this.listedAt = now;
    this.notBefore = endedAt + (endedAt - now) * (1 / SHARE - 1);
    this.change = change;
  }
}

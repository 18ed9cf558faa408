import type { CtSlice, HeadCtSeries, Vec3 } from '@deep-aspects/aspects/series';

/**
 * A slice whose pixels are somebody else's, who keeps them: they can be read again, so that a worker is given
 * our copy, and the page holds none besides the host's and the worker's.
 */
export class BorrowedSlice implements CtSlice {
  readonly sopInstanceUID: string;
  readonly sopClassUID?: string;
  readonly position: Vec3;
  private kept: Int16Array | undefined;

  /** @param read gives the pixels of `slice` once more, in an array of its own */
  constructor(
    slice: CtSlice,
    private readonly read: () => Int16Array
  ) {
    this.sopInstanceUID = slice.sopInstanceUID;
    this.sopClassUID = slice.sopClassUID;
    this.position = slice.position;
    this.kept = slice.hu;
  }

  /** Read anew at each access once they were taken: whoever loops over them asks once. */
  get hu(): Int16Array {
    return this.kept ?? this.read();
  }

  /** Gives the pixels away; they are the caller's to transfer. */
  takeHu(): Int16Array {
    const hu = this.hu;
    this.letGo();
    return hu;
  }

  letGo(): void {
    this.kept = undefined;
  }
}

/** Pixels to transfer: the slice's own where it can do without, else a copy. */
export function transferableHu(slice: CtSlice): Int16Array {
  return slice instanceof BorrowedSlice ? slice.takeHu() : slice.hu.slice();
}

/** Keeps no pixels of slices that can be read again. */
export function letGoOfPixels({ slices }: HeadCtSeries): void {
  slices.forEach(slice => slice instanceof BorrowedSlice && slice.letGo());
}

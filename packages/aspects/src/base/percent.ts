/**
 * How far a whole is, 0-100, when `done` of `total` units of one part are done.
 *
 * @param span percentages of the whole at which the part begins and ends
 */
export function percentWithin([from, to]: readonly [number, number], done: number, total: number): number {
  return from + (to - from) * (total > 0 ? done / total : 1);
}

/** A bar that stays where it is until it is passed: what repeats a part begins that again at its start. */
export function neverDecreasing(): (percent: number) => number {
  let highest = 0;
  return percent => (highest = Math.max(highest, Math.min(100, percent)));
}

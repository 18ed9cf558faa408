/** Index of the plane with most values that count; -1 where none does. Of equal ones the first. */
export function fullestPlane(
  planes: readonly Uint8Array[],
  counts: (value: number) => boolean = Boolean
): number {
  // A table, since a scan has seven million values, and a call for each is most of the time that
  // scoring takes.
  const isCounted = Uint8Array.from({ length: 256 }, (_, value) => (counts(value) ? 1 : 0));
  let best = -1;
  let most = 0;
  planes.forEach((plane, index) => {
    let count = 0;
    for (let i = 0; i < plane.length; i++) {
      count += isCounted[plane[i]];
    }
    if (count > most) {
      most = count;
      best = index;
    }
  });
  return best;
}

/** Index of the plane with most values that count; -1 where none does. Of equal ones the first. */
export function fullestPlane(
  planes: readonly Uint8Array[],
  counts: (value: number) => boolean = Boolean
): number {
  let best = -1;
  let most = 0;
  planes.forEach((plane, index) => {
    const count = plane.reduce((sum, value) => sum + (counts(value) ? 1 : 0), 0);
    if (count > most) {
      most = count;
      best = index;
    }
  });
  return best;
}

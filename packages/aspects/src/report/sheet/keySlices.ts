import type { AspectsResult } from '../../scoring/aspects/aspectsResult';
import { SIDES } from '../../scoring/aspects/regions';

/** Most slices on a sheet. */
export const MAX_KEY_SLICES = 8;

/**
 * Indices of the slices worth showing, caudal to cranial: the middle of each level, the slice with most infarct, and the
 * key slice of each affected region, in this order of importance where there are more than fit.
 * @param sopInstanceUIDs All slices, caudal to cranial. @param infarct A plane a slice, 0 or the class.
 */
export function keySlices(
  result: AspectsResult,
  sopInstanceUIDs: readonly string[],
  infarct: readonly Uint8Array[]
): number[] {
  const { ganglionic, supraganglionic } = result.levels;
  const middles = [ganglionic, supraganglionic].map(level => level[level.length >> 1]);
  const affected = SIDES.flatMap(side =>
    result.hemispheres[side].regions.filter(region => region.affected).map(region => region.keySlice)
  );
  const candidates = [
    ...middles.map(uid => sopInstanceUIDs.indexOf(uid)),
    fullestPlane(infarct),
    ...affected.map(uid => (uid === null ? -1 : sopInstanceUIDs.indexOf(uid))),
  ].filter(index => index >= 0);
  const unique = [...new Set(candidates)].slice(0, MAX_KEY_SLICES);
  return (unique.length > 0 ? unique : [sopInstanceUIDs.length >> 1]).sort((a, b) => a - b);
}

/** Plane with most set pixels; -1 where all are empty. */
function fullestPlane(planes: readonly Uint8Array[]): number {
  let best = -1;
  let most = 0;
  planes.forEach((plane, index) => {
    const count = plane.reduce((sum, value) => sum + (value ? 1 : 0), 0);
    if (count > most) {
      most = count;
      best = index;
    }
  });
  return best;
}

import { fullestPlane } from '../../base/fullestPlane';
import type { AspectsResult } from '../../scoring/aspects/aspectsResult';
import { SIDES, type Level } from '../../scoring/aspects/regions';
import { isScoreSuspended } from '../text/renderReportText';

/** Most slices of a level on a summary: all of a scan of 4 to 8 mm, every few of a thin one. */
export const MAX_SLICES_OF_LEVEL = 8;

/** Slices that stand together under one heading. */
export interface SliceSection {
  /** Null for a slice outside both levels. */
  readonly level: Level | null;
  /** Indices of the slices shown, caudal to cranial. */
  readonly slices: readonly number[];
  /** Slices that the level has. */
  readonly count: number;
}

/**
 * What a summary shows, from below: all slices of both levels, and the slices with most infarct and most of a
 * suspected bleeding where they are in neither. A level with more slices than fit keeps these, the key slices
 * of affected regions, and others evenly.
 * @param sopInstanceUIDs All slices, caudal to cranial. @param infarct A plane a slice, 0 or the class.
 */
export function sliceSections(
  result: AspectsResult,
  sopInstanceUIDs: readonly string[],
  infarct: readonly Uint8Array[]
): SliceSection[] {
  const indexOf = (uid: string | null) => (uid === null ? -1 : sopInstanceUIDs.indexOf(uid));
  const bleeding = isScoreSuspended(result) ? result.haemorrhage.keySlice : null;
  const lesions = [indexOf(bleeding), fullestPlane(infarct)].filter(index => index >= 0);
  const wanted = [
    ...lesions,
    ...SIDES.flatMap(side =>
      result.hemispheres[side].regions
        .filter(region => region.affected)
        .map(region => indexOf(region.keySlice))
    ),
  ];
  const levels = (['ganglionic', 'supraganglionic'] as const).flatMap((level): SliceSection[] => {
    const all = result.levels[level]
      .map(indexOf)
      .filter(index => index >= 0)
      .sort((a, b) => a - b);
    return all.length > 0 ? [{ level, slices: representative(all, wanted), count: all.length }] : [];
  });
  const shown = levels.flatMap(({ slices }) => slices);
  const elsewhere = [...new Set(lesions)].filter(index => !shown.includes(index)).sort((a, b) => a - b);
  if (elsewhere.length > 0) {
    return [...levels, { level: null, slices: elsewhere, count: elsewhere.length }];
  }
  return levels.length > 0 ? levels : [{ level: null, slices: [sopInstanceUIDs.length >> 1], count: 1 }];
}

function representative(all: readonly number[], wanted: readonly number[]): number[] {
  const evenly = Array.from(
    { length: MAX_SLICES_OF_LEVEL },
    (_, i) => all[Math.floor(((i + 0.5) * all.length) / MAX_SLICES_OF_LEVEL)]
  );
  const candidates =
    all.length <= MAX_SLICES_OF_LEVEL ? all : [...wanted.filter(index => all.includes(index)), ...evenly];
  return [...new Set(candidates)].slice(0, MAX_SLICES_OF_LEVEL).sort((a, b) => a - b);
}

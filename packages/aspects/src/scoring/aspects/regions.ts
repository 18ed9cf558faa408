/** The patient's side, never the image's. */
export type Side = 'left' | 'right';

/** In the order of segment indices. */
export const SIDES: readonly Side[] = ['left', 'right'];

/** The ten ASPECTS regions (paper, section 4). */
export type RegionId = 'C' | 'L' | 'IC' | 'I' | 'M1' | 'M2' | 'M3' | 'M4' | 'M5' | 'M6';

/** The two axial levels of ASPECTS: basal ganglia, and corona radiata above them (paper, section 4). */
export type Level = 'ganglionic' | 'supraganglionic';

export interface AspectsRegion {
  readonly id: RegionId;
  readonly name: string;
  readonly level: Level;
}

/** In the order of the anatomy network's classes: region `i` of this list has class id `i + 1`. */
export const ASPECTS_REGIONS: readonly AspectsRegion[] = [
  { id: 'C', name: 'Caudate', level: 'ganglionic' },
  { id: 'L', name: 'Lentiform nucleus', level: 'ganglionic' },
  { id: 'IC', name: 'Internal capsule', level: 'ganglionic' },
  { id: 'I', name: 'Insula', level: 'ganglionic' },
  { id: 'M1', name: 'M1', level: 'ganglionic' },
  { id: 'M2', name: 'M2', level: 'ganglionic' },
  { id: 'M3', name: 'M3', level: 'ganglionic' },
  { id: 'M4', name: 'M4', level: 'supraganglionic' },
  { id: 'M5', name: 'M5', level: 'supraganglionic' },
  { id: 'M6', name: 'M6', level: 'supraganglionic' },
];

/** The six sectors of the MCA cortex; the others are nuclei, capsule and insula. */
export const CORTICAL_SECTORS: readonly RegionId[] = ['M1', 'M2', 'M3', 'M4', 'M5', 'M6'];

/**
 * Segment index (1-20) in the "ASPECTS regions" segmentation: 1-10 left, 11-20 right, both in
 * the order above.
 */
export function segmentIndexOf(id: RegionId, side: Side): number {
  const position = ASPECTS_REGIONS.findIndex(region => region.id === id);
  return position + 1 + (side === 'right' ? ASPECTS_REGIONS.length : 0);
}

/** The inverse of `segmentIndexOf`; undefined for 0 (background) and anything above 20. */
export function regionOfSegment(segmentIndex: number): { region: AspectsRegion; side: Side } | undefined {
  const region = ASPECTS_REGIONS[(segmentIndex - 1) % ASPECTS_REGIONS.length];
  if (segmentIndex < 1 || segmentIndex > 2 * ASPECTS_REGIONS.length || !region) {
    return undefined;
  }
  return { region, side: segmentIndex <= ASPECTS_REGIONS.length ? 'left' : 'right' };
}

/** Label of a segment in the viewer and in SEG objects, e.g. `Caudate (L)`. */
export function segmentLabel(segmentIndex: number): string {
  const found = regionOfSegment(segmentIndex);
  return found ? `${found.region.name} (${found.side === 'left' ? 'L' : 'R'})` : '';
}

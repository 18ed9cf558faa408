import type { EvidenceFeature } from '../scoring/aspects/regionEvidence';
import { ASPECTS_REGIONS, SIDES, type RegionId, type Side } from '../scoring/aspects/regions';
import type { Confusion } from './overlap';

/**
 * All that the tables need from one case, a few kilobytes for a scan of any size: label volumes are compared
 * case by case and then dropped. Plain JSON.
 */
export interface CaseRecord {
  readonly name: string;
  readonly infarct?: InfarctComparison;
  /** Overlap of each region group, both sides together, ml. */
  readonly anatomy?: Readonly<Record<RegionGroupId, Confusion>>;
  /** Scores of the same scan: the model's, the one that follows from the label volumes, the readers'. */
  readonly readings: Readonly<Record<string, Reading>>;
  readonly regions: readonly RegionRecord[];
  /** What the model found besides acute infarct; absent in records of earlier versions. */
  readonly findings?: FindingsRecord;
  /** Wall time from the decoded series to the result, s. */
  readonly seconds: number;
}

export interface InfarctComparison {
  readonly truthMl: number;
  readonly predictedMl: number;
  /** Over every voxel of the scan, ml. */
  readonly scan: Confusion;
  /** Over the voxels of the head alone (see `docs/metrics.md`), ml. */
  readonly head: Confusion;
}

export interface Reading {
  readonly score: number;
  readonly side: Side | 'both' | 'none' | null;
}

/** Name of the model's own reading among a case's `readings`. */
export const MODEL = 'model';
/** Name of the reading that the scoring rule gives for the labelled infarct and anatomy. */
export const REFERENCE = 'reference';
/**
 * Name of the reading of the model's infarct on the labelled anatomy: its errors are the infarct network's.
 */
export const TRUE_ANATOMY = 'model infarct, true anatomy';
/**
 * Name of the reading of the labelled infarct on the model's anatomy: its errors are the anatomy network's.
 */
export const TRUE_INFARCT = 'true infarct, model anatomy';

const OF_NO_READER: readonly string[] = [MODEL, REFERENCE, TRUE_ANATOMY, TRUE_INFARCT];

/** Whether a reading is a reader's, real or simulated: all names but the four above are. */
export function isReaders(name: string): boolean {
  return !OF_NO_READER.includes(name);
}

export interface RegionRecord {
  readonly side: Side;
  readonly id: RegionId;
  /** Fraction of the region that the model finds infarcted. */
  readonly fraction: number;
  /**
   * Evidence of the region, from which `probability` follows; null where it was not found. Absent in
   * earlier records.
   */
  readonly features?: Readonly<Record<EvidenceFeature, number>> | null;
  /** Calibrated probability that a reader would call it; null where the overlap decides. */
  readonly probability?: number | null;
  /** Whether each reading calls it affected; readings without regions are absent. */
  readonly affected: Readonly<Record<string, boolean>>;
}

export interface FindingsRecord {
  /** Null where the network does not tell old infarct from acute. */
  readonly oldInfarctMl: number | null;
  readonly haemorrhageMl: number;
  readonly haemorrhageSuspected: boolean;
}

/** Columns of the paper's table 2: both sides of a region, and both levels of an M region, are one class. */
export const REGION_GROUPS = [
  { id: 'C', name: 'Caudate', regions: ['C'] },
  { id: 'L', name: 'Lentiform nucleus', regions: ['L'] },
  { id: 'IC', name: 'Internal capsule', regions: ['IC'] },
  { id: 'I', name: 'Insula', regions: ['I'] },
  { id: 'M1/M4', name: 'M1, M4', regions: ['M1', 'M4'] },
  { id: 'M2/M5', name: 'M2, M5', regions: ['M2', 'M5'] },
  { id: 'M3/M6', name: 'M3, M6', regions: ['M3', 'M6'] },
] as const satisfies readonly { id: string; name: string; regions: readonly RegionId[] }[];

/** A column of `REGION_GROUPS`. */
export type RegionGroupId = (typeof REGION_GROUPS)[number]['id'];

const groupOf = (id: RegionId): number =>
  REGION_GROUPS.findIndex(({ regions }) => (regions as readonly RegionId[]).includes(id));

/** Indices into `REGION_GROUPS`, by class id and by segment index: asked for each voxel. */
const GROUP_OF_CLASS = [-1, ...ASPECTS_REGIONS.map(({ id }) => groupOf(id))];
const GROUP_OF_SEGMENT = [-1, ...SIDES.flatMap(() => GROUP_OF_CLASS.slice(1))];

/** Group of a label of the data set's `anatomy.nii.gz` (class ids of the anatomy manifest); -1 for none. */
export function groupOfClass(label: number): number {
  return GROUP_OF_CLASS[label] ?? -1;
}

/** Group of a segment index of the region label maps; -1 for none. */
export function groupOfSegment(segmentIndex: number): number {
  return GROUP_OF_SEGMENT[segmentIndex] ?? -1;
}

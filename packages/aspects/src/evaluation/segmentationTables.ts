import { bootstrap, type BootstrapOptions, type Estimate } from './bootstrap';
import { REGION_GROUPS, type CaseRecord, type InfarctComparison, type RegionGroupId } from './caseRecord';
import { addCounts, dice, NO_COUNTS, sensitivity, specificity, type Confusion } from './overlap';
import { mean, meanOfDefined } from './summary';

/** Paper, table 1a: mean over scans, and next to it the same over all voxels of all scans taken together. */
export interface InfarctTable {
  /** Scans with a labelled infarct volume, and those of them that show an infarct. */
  readonly scans: number;
  readonly scansWithInfarct: number;
  readonly dice: Estimate;
  readonly sensitivity: Estimate;
  readonly specificity: Estimate;
  /**
   * Specificity over the head's voxels alone: air around the head is never wrong and flatters
   * the figure above.
   */
  readonly headSpecificity: Estimate;
  readonly pooled: {
    readonly dice: number | null;
    readonly sensitivity: number | null;
    readonly specificity: number | null;
  };
  /** Mean predicted volume where there is no infarct, ml. */
  readonly falseMlWithoutInfarct: number | null;
}

type Infarcts = readonly InfarctComparison[];

export function infarctTable(cases: readonly CaseRecord[], options: BootstrapOptions): InfarctTable {
  const infarcts = cases.flatMap(record => record.infarct ?? []);
  const present = infarcts.filter(({ truthMl }) => truthMl > 0);
  const absent = infarcts.filter(({ truthMl }) => truthMl === 0);
  const estimate = (of: Infarcts, value: (infarct: InfarctComparison) => number | null) =>
    bootstrap(of, sample => meanOfDefined(sample.map(value)), options);
  const pooled = together(infarcts);
  return {
    scans: infarcts.length,
    scansWithInfarct: present.length,
    dice: estimate(present, ({ scan }) => dice(scan)),
    sensitivity: estimate(present, ({ scan }) => sensitivity(scan)),
    specificity: estimate(infarcts, ({ scan }) => specificity(scan)),
    headSpecificity: estimate(infarcts, ({ head }) => specificity(head)),
    pooled: { dice: dice(pooled), sensitivity: sensitivity(pooled), specificity: specificity(pooled) },
    falseMlWithoutInfarct: mean(absent.map(({ predictedMl }) => predictedMl)),
  };
}

/** Dice over the voxels of all these scans together; null where nothing is labelled or found. */
export function pooledInfarctDice(cases: readonly CaseRecord[]): number | null {
  return dice(together(cases.flatMap(record => record.infarct ?? [])));
}

function together(infarcts: Infarcts): Confusion {
  return infarcts.reduce((sum, { scan }) => addCounts(sum, scan), NO_COUNTS);
}

/** Mean Dice of the scans whose labelled infarct is of this volume (paper, table 1b). */
export interface VolumeRow {
  /** Lower limit included, upper limit not; ml of labelled infarct. */
  readonly fromMl: number;
  readonly toMl: number | null;
  readonly scans: number;
  readonly dice: Estimate;
}

/** Paper, table 1b. */
const VOLUME_LIMITS_ML = [0, 3, 16, 66];

export function infarctByVolumeTable(cases: readonly CaseRecord[], options: BootstrapOptions): VolumeRow[] {
  const present = cases.flatMap(record => record.infarct ?? []).filter(({ truthMl }) => truthMl > 0);
  return VOLUME_LIMITS_ML.map((fromMl, index) => {
    const toMl = VOLUME_LIMITS_ML[index + 1] ?? null;
    const within = present.filter(({ truthMl }) => truthMl >= fromMl && (toMl === null || truthMl < toMl));
    return {
      fromMl,
      toMl,
      scans: within.length,
      dice: bootstrap(within, sample => meanOfDefined(sample.map(({ scan }) => dice(scan))), options),
    };
  });
}

/**
 * Paper, table 2: per group the mean Dice over scans that have it labelled; overall the mean of the groups.
 */
export interface AnatomyTable {
  readonly scans: number;
  readonly overall: Estimate;
  readonly groups: readonly { readonly id: RegionGroupId; readonly name: string; readonly dice: Estimate }[];
}

type Anatomy = Readonly<Record<RegionGroupId, Confusion>>;

export function anatomyTable(cases: readonly CaseRecord[], options: BootstrapOptions): AnatomyTable {
  const scans = cases.flatMap(record => record.anatomy ?? []);
  const groupDice = (sample: readonly Anatomy[], id: RegionGroupId) =>
    meanOfDefined(sample.map(anatomy => (isLabelled(anatomy[id]) ? dice(anatomy[id]) : null)));
  return {
    scans: scans.length,
    overall: bootstrap(
      scans,
      sample => meanOfDefined(REGION_GROUPS.map(({ id }) => groupDice(sample, id))),
      options
    ),
    groups: REGION_GROUPS.map(({ id, name }) => ({
      id,
      name,
      dice: bootstrap(scans, sample => groupDice(sample, id), options),
    })),
  };
}

function isLabelled({ truePositive, falseNegative }: Confusion): boolean {
  return truePositive + falseNegative > 0;
}

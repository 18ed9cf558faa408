import {
  bootstrap,
  type BootstrapOptions,
  type CaseRecord,
  dice,
  type Estimate,
  meanOfDefined,
  REGION_GROUPS,
} from '@deep-aspects/aspects/evaluation';

/** One number a case, by which architectures are ranked; null where the case does not count. */
export type CaseFigure = (record: CaseRecord) => number | null;

/** Infarct DSC of a case that has an infarct: the paper's table 1a. */
export const infarctDice: CaseFigure = ({ infarct }) =>
  infarct && infarct.truthMl > 0 ? dice(infarct.scan) : null;

/** Mean DSC of a case's region groups: the paper's table 2, overall. */
export const anatomyDice: CaseFigure = ({ anatomy }) =>
  anatomy
    ? meanOfDefined(
        REGION_GROUPS.map(({ id }) => {
          const { truePositive, falseNegative } = anatomy[id];
          return truePositive + falseNegative > 0 ? dice(anatomy[id]) : null;
        })
      )
    : null;

export interface Ranked {
  readonly name: string;
  readonly value: number;
  /** Mean over cases of the first's figure minus this one's; null for the first itself. */
  readonly behindFirst: Estimate | null;
}

/**
 * Best first. Differences are of the same cases, so that their intervals are narrower than those of the
 * figures themselves.
 */
export function rank(
  rows: readonly { readonly name: string; readonly records: readonly CaseRecord[] }[],
  figure: CaseFigure,
  options: BootstrapOptions
): Ranked[] {
  const valued = rows
    .flatMap(({ name, records }) => {
      const byCase = new Map(records.map(record => [record.name, figure(record)]));
      const value = meanOfDefined([...byCase.values()]);
      return value === null ? [] : [{ name, value, byCase }];
    })
    .sort((a, b) => b.value - a.value);
  return valued.map(({ name, value, byCase }, index) => ({
    name,
    value,
    behindFirst: index === 0 ? null : difference(valued[0].byCase, byCase, options),
  }));
}

type ByCase = ReadonlyMap<string, number | null>;

function difference(first: ByCase, other: ByCase, options: BootstrapOptions): Estimate {
  const pairs = [...first].flatMap(([name, value]) => {
    const compared = other.get(name) ?? null;
    return value === null || compared === null ? [] : [value - compared];
  });
  return bootstrap(pairs, meanOfDefined, options);
}

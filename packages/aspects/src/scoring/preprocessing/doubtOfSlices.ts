import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';

/**
 * What is doubtful in some slices: nothing where there are none. They are named by their numbers from below,
 * from 1 on, as a reader counts them.
 *
 * @param doubtful indices of slices, ascending
 * @param what a sentence that goes on after "In ..."
 */
export function doubtOfSlices(
  { slices }: Pick<HeadCtSeries, 'slices'>,
  doubtful: readonly number[],
  what: string
): readonly QualityWarning[] {
  const runs: { first: number; last: number }[] = [];
  for (const slice of doubtful) {
    const run = runs.at(-1);
    if (run?.last === slice - 1) {
      run.last = slice;
    } else {
      runs.push({ first: slice, last: slice });
    }
  }
  const numbers = runs.map(({ first, last }) =>
    first === last ? `${first + 1}` : `${first + 1}-${last + 1}`
  );
  const named = `${doubtful.length === 1 ? 'slice' : 'slices'} ${numbers.join(', ')} of ${slices.length}`;
  return doubtful.length > 0 ? [{ code: 'LOW_CONFIDENCE', message: `In ${named} (from below) ${what}` }] : [];
}

import type { QualityWarning } from '../../series/headCtSeries';

/**
 * What is doubtful in some slices: nothing where there are none.
 *
 * @param sopInstanceUIDs of the slices, of which the first is named
 * @param what a sentence that goes on after "In ..."
 */
export function doubtOfSlices(
  [first, ...others]: readonly string[],
  what: string
): readonly QualityWarning[] {
  if (first === undefined) {
    return [];
  }
  const more = others.length === 1 ? 'one more slice' : `${others.length} more slices`;
  const slices = others.length > 0 ? `${first} and ${more}` : first;
  return [{ code: 'LOW_CONFIDENCE', message: `In ${slices} ${what}` }];
}

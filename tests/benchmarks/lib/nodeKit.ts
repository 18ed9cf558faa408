import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import { findStudies, withFitSeries } from 'deep-aspects-cli';

/** What the benchmark uses of the project's TypeScript in Node; bundled by `bundles.mjs`. */
export { loadModels } from 'deep-aspects-cli';
export { runAlone, scoreSeries, selfTestSlice } from '@deep-aspects/aspects/scoring';

/** The series of a DICOM folder that would be scored. */
export async function readSeries(folder: string): Promise<HeadCtSeries> {
  const [study] = findStudies([folder]).studies;
  return withFitSeries(study, undefined, async series => series);
}

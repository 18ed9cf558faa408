import { findStudies } from '../../../cli/src/score/findStudies';
import { withFitSeries } from '../../../cli/src/score/pickSeries';
import type { HeadCtSeries } from '../../../extensions/deep-aspects/src/core/series/headCtSeries';

/** What the benchmark uses of the project's TypeScript in Node; bundled by `bundles.mjs`. */
export { loadModels } from '../../../cli/src/models/loadModels';
export { scoreSeries } from '../../../extensions/deep-aspects/src/core/pipeline/scoreSeries';
export { selfTestSlice } from '../../../extensions/deep-aspects/src/inference/runtime/selfTestSlice';

/** The series of a DICOM folder that would be scored. */
export async function readSeries(folder: string): Promise<HeadCtSeries> {
  const [study] = findStudies([folder]).studies;
  return withFitSeries(study, undefined, async series => series);
}

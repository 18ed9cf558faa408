import { type ScoredSeries, scoreSeries } from '@deep-aspects/aspects/scoring';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import { Networks } from '../models/networks';
import type { StudyInput } from './findStudies';
import { outcomeOfError, type Outcome } from './outcome';
import { withFitSeries } from './pickSeries';
import type { ScoreSettings, StudyScorer } from './scorer';
import { writeReports } from './writeReports';

/** Scores in this process. The networks are loaded when the first series needs them, and kept. */
export function createScorer(settings: ScoreSettings): StudyScorer {
  const networks = new Networks(settings.models, settings);
  return {
    score: study => scoreStudy(study, networks, settings),
    close: () => Promise.resolve(),
  };
}

/** Scores one study in files and writes what was asked for. Never rejects. */
export async function scoreStudy(
  study: StudyInput,
  networks: Networks,
  { seriesInstanceUID, seg, sr, fhir }: Pick<ScoreSettings, 'seriesInstanceUID' | 'seg' | 'sr' | 'fhir'>
): Promise<Outcome> {
  try {
    const { series, scored } = await withFitSeries(study, seriesInstanceUID, async fit => ({
      series: fit,
      scored: await scoreWith(networks, fit),
    }));
    const { result } = scored;
    try {
      return { kind: 'scored', result, note: writeReports({ study, series, scored, seg, sr, fhir }) };
    } catch (thrown) {
      return { ...outcomeOfError(thrown, study), kind: 'failed', result };
    }
  } catch (thrown) {
    return outcomeOfError(thrown, study);
  }
}

/** One series through the networks, as in the viewer's worker. */
export async function scoreWith(networks: Networks, series: HeadCtSeries): Promise<ScoredSeries> {
  const { anatomy, infarct, loadMs } = await networks.get();
  return scoreSeries({
    series,
    anatomy,
    infarct,
    runtime: { ...networks.runtime(infarct.manifest), loadMs },
  });
}

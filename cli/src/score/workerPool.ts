import type { StudyInput } from './findStudies';
import { outcomeOfError, type Outcome } from './outcome';
import { processWorker, serveJobs } from './processWorker';
import type { ScoreSettings, StudyScorer } from './scorer';

/** Hidden first argument with which the program scores studies for another one. */
export const WORKER_ARGUMENT = '__score-worker';

/**
 * A scorer in a process of its own, so that a crash of a decoder or of the runtime costs one study and
 * not the batch.
 *
 * @param program the script that runs this program
 */
export function processScorer(program: string, settings: ScoreSettings): StudyScorer {
  const worker = processWorker<ScoreSettings, StudyInput, Outcome>({
    program,
    argument: WORKER_ARGUMENT,
    settings,
    failed: outcomeOfError,
  });
  return { score: study => worker.run(study), close: () => worker.close() };
}

/** The worker's side: scores what the parent sends until the parent hangs up. */
export function serveAsWorker(createScorer: (settings: ScoreSettings) => StudyScorer): Promise<never> {
  return serveJobs((settings: ScoreSettings) => {
    const scorer = createScorer(settings);
    return (study: StudyInput) => scorer.score(study);
  });
}

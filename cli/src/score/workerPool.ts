import { fork, type ChildProcess } from 'node:child_process';
import type { Outcome } from './outcome';
import { outcomeOfError } from './outcome';
import type { ScoreSettings, StudyScorer } from './scorer';
import type { StudyInput } from './findStudies';

/** Hidden first argument with which the program runs as a worker of another one. */
export const WORKER_ARGUMENT = '__score-worker';

/** Parent to worker: settings once, then one study at a time. */
export type WorkerOrder = { readonly settings: ScoreSettings } | { readonly study: StudyInput };

/**
 * A scorer in a process of its own, so that a crash of a decoder or of the runtime costs one study and not the batch.
 *
 * @param program the script that runs this program
 */
export function processScorer(program: string, settings: ScoreSettings): StudyScorer {
  let child: ChildProcess | undefined;
  const start = () => {
    const started = fork(program, [WORKER_ARGUMENT], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    started.send({ settings } satisfies WorkerOrder);
    return started;
  };
  return {
    async score(study) {
      child ??= start();
      const outcome = await outcomeFrom(child, study);
      if (child.exitCode !== null || child.signalCode !== null || !child.connected) {
        child = undefined;
      }
      return outcome;
    },
    async close() {
      if (child?.connected) {
        child.disconnect();
      }
    },
  };
}

function outcomeFrom(child: ChildProcess, study: StudyInput): Promise<Outcome> {
  return new Promise(resolve => {
    const settle = (outcome: Outcome) => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(outcome);
    };
    const onMessage = (outcome: unknown) => settle(outcome as Outcome);
    const onExit = (code: number | null, signal: string | null) =>
      settle(outcomeOfError(new Error(`the worker process ended (${signal ?? `status ${code}`})`), study));
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.send({ study } satisfies WorkerOrder);
  });
}

/** The worker's side: scores what the parent sends until the parent hangs up. */
export function serveAsWorker(createScorer: (settings: ScoreSettings) => StudyScorer): Promise<void> {
  let scorer: StudyScorer | undefined;
  return new Promise(resolve => {
    process.on('message', async (order: WorkerOrder) => {
      if ('settings' in order) {
        scorer = createScorer(order.settings);
      } else if (scorer) {
        process.send?.(await scorer.score(order.study));
      }
    });
    process.on('disconnect', () => resolve());
  });
}

import type { CaseFailure, CaseRecord } from '@deep-aspects/aspects/evaluation';
import { Refusal } from '@deep-aspects/aspects/series';
import type { CommandHost } from '../commandHost';
import { Networks } from '../models/networks';
import { absoluteCase, OUTSTANDING } from '../queue/remoteFiles';
import { caseFailure } from './caseFailure';
import type { CaseFolder } from './dataSet';
import type { EvaluateArguments } from './evaluateArguments';
import { evaluateCase } from './evaluateCase';

/** Evaluates cases, here or by the workers of a queue. */
export interface Evaluator {
  /** Cases that may be asked for at a time. */
  readonly lanes: number;
  /**
   * The record of a case, or why there is none. Rejects where no case can be evaluated: without networks, or
   * without workers.
   */
  evaluate(folder: CaseFolder): Promise<CaseRecord | CaseFailure>;
  close(): Promise<void>;
}

export function openEvaluator(
  { queue, models, provider }: Pick<EvaluateArguments, 'queue' | 'models' | 'provider'>,
  host: Pick<CommandHost, 'openRemoteFiles'>
): Evaluator {
  if (queue !== undefined) {
    return remoteEvaluator(queue, models, host);
  }
  const networks = new Networks(models, { provider, threads: 0 });
  return {
    lanes: 1,
    async evaluate(folder) {
      try {
        return await evaluateCase(folder, networks);
      } catch (thrown) {
        refuseWithoutModels(thrown);
        return caseFailure(thrown, folder.name);
      }
    },
    close: () => Promise.resolve(),
  };
}

function remoteEvaluator(
  queue: string,
  models: string,
  host: Pick<CommandHost, 'openRemoteFiles'>
): Evaluator {
  const remote = host.openRemoteFiles(queue, models);
  return {
    lanes: OUTSTANDING,
    async evaluate(folder) {
      const done = await remote.perform({ kind: 'evaluate', folder: absoluteCase(folder) });
      if (done.kind === 'outcome') {
        throw new Error('the queue gave the result of another task');
      }
      return done.kind === 'record'
        ? done.record
        : { case: folder.name, code: done.error.code, message: done.error.message };
    },
    close: () => remote.close(),
  };
}

/** Missing or wrong networks are no property of a case: nothing would be left to evaluate. */
function refuseWithoutModels(thrown: unknown): void {
  if (
    thrown instanceof Refusal &&
    (thrown.code === 'MODEL_UNAVAILABLE' || thrown.code === 'MODEL_HASH_MISMATCH')
  ) {
    throw thrown;
  }
}

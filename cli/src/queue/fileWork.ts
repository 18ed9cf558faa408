import type { CaseRecord } from '@deep-aspects/aspects/evaluation';
import { programIdentity } from '../archive/archiveStudy';
import type { CaseFolder } from '../evaluate/dataSet';
import { evaluateCase } from '../evaluate/evaluateCase';
import type { Networks } from '../models/networks';
import type { StudyInput } from '../score/findStudies';
import { outcomeOfError, type ErrorRecord, type Outcome } from '../score/outcome';
import { scoreStudy } from '../score/scoreStudy';
import type { ScoreSettings } from '../score/scorer';

/** What is done with files that all machines see under the same paths. */
export type FileTask =
  | {
      readonly kind: 'score';
      readonly study: StudyInput;
      readonly outputs: Pick<ScoreSettings, 'seriesInstanceUID' | 'seg' | 'sr' | 'fhir'>;
    }
  | { readonly kind: 'evaluate'; readonly folder: CaseFolder };

/** A task for whoever has the same program and networks: the same results as on one machine. */
export interface FileWork {
  readonly kind: 'files';
  /** Unique: of this run and task. */
  readonly id: string;
  readonly softwareVersion: string;
  readonly networks: readonly string[];
  readonly task: FileTask;
}

export type FileResult =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'record'; readonly record: CaseRecord }
  | { readonly kind: 'error'; readonly error: ErrorRecord };

/** Does the task in this process. Never rejects: what goes wrong with a file goes wrong everywhere. */
export async function performFileTask(task: FileTask, networks: Networks): Promise<FileResult> {
  if (task.kind === 'score') {
    return { kind: 'outcome', outcome: await scoreStudy(task.study, networks, task.outputs) };
  }
  try {
    return { kind: 'record', record: await evaluateCase(task.folder, networks) };
  } catch (thrown) {
    const { error } = outcomeOfError(thrown, { kind: 'nifti', file: task.folder.name });
    return { kind: 'error', error };
  }
}

/** Whether the program that asks has the version and the networks of this one. */
export function isOfProgram({ softwareVersion, networks }: FileWork, models: string): boolean {
  const own = programIdentity(models);
  return softwareVersion === own.softwareVersion && networks.join() === own.networks.join();
}

import type { ArchiveScoreSettings } from './archive/scoreArchiveStudy';
import type { FileResult, FileTask } from './queue/fileWork';
import type { QueueWorker } from './serve/performer';
import type { ScoreSettings, StudyScorer } from './score/scorer';
import type { TextOutput } from './output/textOutput';

/** Has others do tasks with files. Rejects where every attempt failed. */
export interface RemoteFiles {
  perform(task: FileTask): Promise<FileResult>;
  close(): Promise<void>;
}

/** What a command gets from the program around it, so that it can run in a test as it does in a shell. */
export interface CommandHost {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** Folder of the shipped networks. */
  readonly defaultModels: string;
  /** A scorer in this process. */
  createScorer(settings: ScoreSettings): StudyScorer;
  /** A scorer in a process of its own. */
  createProcessScorer(settings: ScoreSettings): StudyScorer;
  /** A worker, in a process of its own, that does a queue's work, each job in so many ms at most. */
  createQueueWorker(settings: ArchiveScoreSettings, limitMs: number): QueueWorker;
  /** The workers of a queue, for tasks with files. */
  openRemoteFiles(url: string, models: string): RemoteFiles;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when the program is told to stop. */
  readonly stop: AbortSignal;
}

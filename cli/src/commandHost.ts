import type { ScoreSettings, StudyScorer } from './score/scorer';

export interface TextOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
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
}

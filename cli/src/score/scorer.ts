import type { Outcome } from './outcome';
import type { StudyInput } from './findStudies';

/** What scoring one study needs in addition to the study; plain, because it crosses into worker processes. */
export interface ScoreSettings {
  readonly models: string;
  readonly provider: 'cpu' | 'webgpu';
  /** Threads of the ONNX runtime in this process; 0 leaves the choice to it. */
  readonly threads: number;
  readonly seriesInstanceUID?: string;
  readonly seg?: OutputTarget;
  readonly sr?: OutputTarget;
  readonly fhir?: OutputTarget;
}

/** A file, or a folder in which each series gets a file named by its UID. */
export interface OutputTarget {
  readonly path: string;
  readonly isFolder: boolean;
}

/** Scores one study at a time; never rejects, whatever the study holds. */
export interface StudyScorer {
  score(study: StudyInput): Promise<Outcome>;
  close(): Promise<void>;
}

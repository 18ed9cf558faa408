import { availableParallelism } from 'node:os';
import {
  NETWORK_OPTIONS,
  parseCommandArguments,
  parseProvider,
  parseQueue,
  requireExisting,
} from '../commandArguments';
import { UsageError } from '../exitStatus';
import type { NodeProvider } from '../models/onnxNetwork';

const OPTIONS = {
  ...NETWORK_OPTIONS,
  series: { type: 'string' },
  json: { type: 'string' },
  seg: { type: 'string' },
  sr: { type: 'string' },
  fhir: { type: 'string' },
  jobs: { type: 'string' },
  queue: { type: 'string' },
  resume: { type: 'boolean' },
} as const;

export interface ScoreArguments {
  readonly paths: readonly string[];
  readonly seriesInstanceUID?: string;
  /** A file, or `-` for standard output. */
  readonly json?: string;
  /** A file, or a folder for one file a series. */
  readonly seg?: string;
  readonly sr?: string;
  readonly fhir?: string;
  readonly models: string;
  readonly provider: NodeProvider;
  readonly jobs: number;
  /** Redis, whose workers score in place of this machine. */
  readonly queue?: string;
  readonly resume: boolean;
}

/**
 * @param argv what follows `score`
 * @param defaultModels the folder of the shipped networks
 * @throws UsageError
 */
export function parseScoreArguments(argv: readonly string[], defaultModels: string): ScoreArguments {
  const { values, positionals } = parseCommandArguments(argv, OPTIONS);
  if (positionals.length === 0) {
    throw new UsageError('score needs at least one PATH: a DICOM file or folder, or a NIfTI volume');
  }
  for (const path of positionals) {
    requireExisting(path);
  }
  if (values.resume && (values.json === undefined || values.json === '-')) {
    throw new UsageError('--resume needs --json FILE: the file says which studies are done');
  }
  return {
    paths: positionals,
    seriesInstanceUID: values.series,
    json: values.json,
    seg: values.seg,
    sr: values.sr,
    fhir: values.fhir,
    models: values.models ?? defaultModels,
    provider: parseProvider(values.provider),
    jobs: parseJobs(values.jobs),
    queue: parseQueue(values.queue),
    resume: values.resume ?? false,
  };
}

/** A whole number from 1; more than the machine has cores only costs memory. */
function parseJobs(text: string | undefined): number {
  const jobs = text === undefined ? 1 : Number(text);
  if (!Number.isInteger(jobs) || jobs < 1) {
    throw new UsageError(`--jobs is a whole number from 1, not "${text}"`);
  }
  return Math.min(jobs, Math.max(1, availableParallelism()));
}

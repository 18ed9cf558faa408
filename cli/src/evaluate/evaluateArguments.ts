import {
  NETWORK_OPTIONS,
  parseCommandArguments,
  parseProvider,
  parseQueue,
  requireExisting,
  wholeNumber,
} from '../commandArguments';
import { UsageError } from '../exitStatus';
import type { NodeProvider } from '../models/onnxNetwork';

const OPTIONS = {
  ...NETWORK_OPTIONS,
  json: { type: 'string' },
  markdown: { type: 'string' },
  cache: { type: 'string' },
  records: { type: 'string' },
  'simulate-readers': { type: 'string' },
  bootstrap: { type: 'string' },
  queue: { type: 'string' },
} as const;

export interface EvaluateArguments {
  readonly dataSet: string;
  readonly json?: string;
  readonly markdown?: string;
  /** Where each case's numbers are kept; undefined where nothing is. */
  readonly cache?: string;
  /** Where all cases' numbers go, for `compare`. */
  readonly records?: string;
  readonly models: string;
  readonly provider: NodeProvider;
  readonly simulateReadersSeed?: number;
  readonly replicates: number;
  /** Redis, whose workers evaluate in place of this machine. */
  readonly queue?: string;
}

export const DEFAULT_REPLICATES = 1000;
/** The same cases give the same intervals. */
export const BOOTSTRAP_SEED = 20220830;

/** @param argv what follows `evaluate`. @throws UsageError */
export function parseEvaluateArguments(argv: readonly string[], defaultModels: string): EvaluateArguments {
  const { values, positionals } = parseCommandArguments(argv, OPTIONS);
  if (positionals.length !== 1) {
    throw new UsageError('evaluate needs one DIR: a folder with one folder a case');
  }
  requireExisting(positionals[0]);
  const resultsFile = values.json && values.json !== '-' ? values.json : values.markdown;
  return {
    dataSet: positionals[0],
    json: values.json,
    markdown: values.markdown,
    cache: values.cache ?? (resultsFile && resultsFile !== '-' ? `${resultsFile}.cases` : undefined),
    records: values.records,
    models: values.models ?? defaultModels,
    provider: parseProvider(values.provider),
    simulateReadersSeed: wholeNumber('--simulate-readers', values['simulate-readers']),
    queue: parseQueue(values.queue),
    replicates: wholeNumber('--bootstrap', values.bootstrap) ?? DEFAULT_REPLICATES,
  };
}

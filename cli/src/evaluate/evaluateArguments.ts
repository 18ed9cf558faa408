import { NETWORK_OPTIONS, parseCommandArguments, parseProvider, requireExisting } from '../commandArguments';
import { UsageError } from '../exitStatus';
import type { NodeProvider } from '../models/onnxNetwork';

const OPTIONS = {
  ...NETWORK_OPTIONS,
  json: { type: 'string' },
  markdown: { type: 'string' },
  cache: { type: 'string' },
  'simulate-readers': { type: 'string' },
  bootstrap: { type: 'string' },
} as const;

export interface EvaluateArguments {
  readonly dataSet: string;
  readonly json?: string;
  readonly markdown?: string;
  /** Where each case's numbers are kept; undefined where nothing is. */
  readonly cache?: string;
  readonly models: string;
  readonly provider: NodeProvider;
  readonly simulateReadersSeed?: number;
  readonly replicates: number;
}

const DEFAULT_REPLICATES = 1000;

/** @param argv what follows `evaluate`. @throws UsageError */
export function parseEvaluateArguments(argv: readonly string[], defaultModels: string): EvaluateArguments {
  const { values, positionals } = parseCommandArguments(argv, OPTIONS);
  if (positionals.length !== 1) {
    throw new UsageError('evaluate needs one DIR: a folder with one folder a case');
  }
  requireExisting(positionals[0]);
  const besideResults = values.json && values.json !== '-' ? values.json : values.markdown;
  return {
    dataSet: positionals[0],
    json: values.json,
    markdown: values.markdown,
    cache: values.cache ?? (besideResults && besideResults !== '-' ? `${besideResults}.cases` : undefined),
    models: values.models ?? defaultModels,
    provider: parseProvider(values.provider),
    simulateReadersSeed: wholeNumber('--simulate-readers', values['simulate-readers']),
    replicates: wholeNumber('--bootstrap', values.bootstrap) ?? DEFAULT_REPLICATES,
  };
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  const value = Number(text);
  if (text !== undefined && !(Number.isInteger(value) && value >= 0)) {
    throw new UsageError(`${option} takes a whole number from 0, not "${text}"`);
  }
  return text === undefined ? undefined : value;
}

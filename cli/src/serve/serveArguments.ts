import {
  NETWORK_OPTIONS,
  parseCommandArguments,
  parseProvider,
  parseQueue,
  wholeNumber,
} from '../commandArguments';
import type { ArchiveSettings } from '../archive/archiveSettings';
import { UsageError } from '../exitStatus';
import type { NodeProvider } from '../models/onnxNetwork';
import type { NotifySettings } from './notify';
import { workersThatFitHere } from './workersThatFit';

const SHARED = {
  ...NETWORK_OPTIONS,
  dicomweb: { type: 'string' },
  queue: { type: 'string' },
  workers: { type: 'string' },
  listen: { type: 'string' },
  notify: { type: 'string' },
  ca: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
  timeout: { type: 'string' },
  'job-timeout': { type: 'string' },
} as const;

const SERVE = {
  ...SHARED,
  poll: { type: 'string' },
  settle: { type: 'string' },
  since: { type: 'string' },
  urgent: { type: 'string' },
  once: { type: 'boolean' },
  'dated-only': { type: 'boolean' },
} as const;

type Environment = Readonly<Record<string, string | undefined>>;
type Values = Readonly<Record<string, string | boolean | undefined>>;

/** What `serve` and `worker` share. */
export interface WorkArguments {
  readonly archive: Omit<ArchiveSettings, 'url'>;
  readonly queue?: string;
  readonly workers: number;
  /** A job that takes longer is given up, ms. */
  readonly jobTimeoutMs: number;
  readonly listen?: { readonly host: string; readonly port: number };
  readonly notify?: NotifySettings;
  readonly models: string;
  readonly provider: NodeProvider;
}

export interface ServeArguments extends WorkArguments {
  readonly url: string;
  readonly pollMs: number;
  readonly settleMs: number;
  /** The first day of interest, `YYYYMMDD`, as of now. */
  readonly since: () => string;
  readonly urgent?: RegExp;
  readonly once: boolean;
  /** Leaves studies without a Study Date alone, unless they are announced. */
  readonly datedOnly: boolean;
}

export interface WorkerArguments extends WorkArguments {
  readonly queue: string;
  /** The only archive that this worker asks. */
  readonly url?: string;
}

/** Without `--since`: studies of the last days. */
const DEFAULT_DAYS = 2;
const DAY_MS = 86_400_000;

/**
 * @param argv what follows `serve`
 * @param environment every option may be given as `DEEP_ASPECTS_OPTION` too; secrets are given so alone
 * @throws UsageError
 */
export function parseServeArguments(
  argv: readonly string[],
  environment: Environment,
  defaultModels: string
): ServeArguments {
  const { values: given, positionals } = parseCommandArguments(argv, SERVE);
  refusePositionals('serve', positionals);
  const values = withEnvironment(given, SERVE, environment);
  const url = archiveUrl(values.dicomweb);
  if (url === undefined) {
    throw new UsageError("serve needs --dicomweb URL, the root of an archive's DICOMweb service");
  }
  const queue = text(values.queue);
  const shared = workArguments(values, environment, defaultModels, queue === undefined ? undefined : 0);
  if (shared.workers === 0 && shared.notify) {
    throw new UsageError('alerts are sent by who scores: give --notify to the workers of the queue');
  }
  return {
    ...shared,
    url,
    pollMs: seconds('--poll', values.poll, 5),
    settleMs: seconds('--settle', values.settle, 8),
    since: sinceOf(text(values.since)),
    urgent: patternOf(text(values.urgent)),
    once: flag(values.once),
    datedOnly: flag(values['dated-only']),
  };
}

/** @param argv what follows `worker`. @throws UsageError */
export function parseWorkerArguments(
  argv: readonly string[],
  environment: Environment,
  defaultModels: string
): WorkerArguments {
  const { values: given, positionals } = parseCommandArguments(argv, SHARED);
  refusePositionals('worker', positionals);
  const values = withEnvironment(given, SHARED, environment);
  const shared = workArguments(values, environment, defaultModels, undefined);
  const { queue, archive } = shared;
  if (queue === undefined) {
    throw new UsageError('worker needs --queue redis://HOST');
  }
  const url = archiveUrl(values.dicomweb);
  if (url === undefined && (archive.bearerToken || archive.basicLogin || archive.keyFile)) {
    throw new UsageError(
      'a worker with a login needs --dicomweb URL: it must not be sent to whatever address a queue names'
    );
  }
  return { ...shared, queue, url };
}

function workArguments(
  values: Values,
  environment: Environment,
  defaultModels: string,
  defaultWorkers: number | undefined
): WorkArguments {
  const queue = parseQueue(text(values.queue));
  const notifyUrl = text(values.notify);
  if (notifyUrl !== undefined && !/^https?:\/\/\S+$/.test(notifyUrl)) {
    throw new UsageError(`--notify takes an http(s) address, not "${notifyUrl}"`);
  }
  const certificateFile = text(values.cert);
  const keyFile = text(values.key);
  if ((certificateFile === undefined) !== (keyFile === undefined)) {
    throw new UsageError('a client certificate needs both --cert and --key');
  }
  const notify = notifyUrl && { url: notifyUrl, secret: environment.DEEP_ASPECTS_NOTIFY_SECRET };
  return {
    archive: {
      bearerToken: environment.DEEP_ASPECTS_TOKEN,
      basicLogin: environment.DEEP_ASPECTS_LOGIN,
      caFile: text(values.ca),
      certificateFile,
      keyFile,
      timeoutMs: seconds('--timeout', values.timeout, 60),
    },
    queue,
    workers: wholeNumber('--workers', text(values.workers)) ?? defaultWorkers ?? workersThatFitHere(),
    jobTimeoutMs: seconds('--job-timeout', values['job-timeout'], 600),
    listen: listenAddress(text(values.listen)),
    ...(notify && { notify }),
    models: text(values.models) ?? defaultModels,
    provider: parseProvider(text(values.provider)),
  };
}

/** An option that was not given is taken from the environment. */
function withEnvironment(given: Values, options: object, environment: Environment): Values {
  const values: Record<string, string | boolean | undefined> = {};
  for (const name of Object.keys(options)) {
    const variable = `DEEP_ASPECTS_${name.toUpperCase().replaceAll('-', '_')}`;
    values[name] = given[name] ?? (environment[variable] || undefined);
  }
  return values;
}

function refusePositionals(command: string, [first]: readonly string[]): void {
  if (first !== undefined) {
    throw new UsageError(`${command} takes options only, not "${first}"`);
  }
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Of the environment it is a text. */
function flag(value: string | boolean | undefined): boolean {
  return value === true || value === '1' || value === 'true';
}

function archiveUrl(value: string | boolean | undefined): string | undefined {
  const url = text(value)?.replace(/\/+$/, '');
  if (url !== undefined && !/^https?:\/\/\S+$/.test(url)) {
    throw new UsageError(`--dicomweb needs the http(s) address of a DICOMweb service, not "${url}"`);
  }
  return url;
}

function seconds(option: string, value: string | boolean | undefined, standard: number): number {
  const number = Number(text(value) ?? standard);
  if (!(number >= 0.1 && number <= 86_400)) {
    throw new UsageError(`${option} takes seconds from 0.1 to 86400, not "${value}"`);
  }
  return number * 1000;
}

function listenAddress(value: string | undefined): { host: string; port: number } | undefined {
  if (value === undefined) {
    return undefined;
  }
  const parts = /^(?:(.+):)?(\d{1,5})$/.exec(value);
  const port = Number(parts?.[2]);
  if (!parts || port > 65535) {
    throw new UsageError(`--listen takes PORT or HOST:PORT, not "${value}"`);
  }
  return { host: parts[1] ?? '127.0.0.1', port };
}

/** A fixed day, or so many days back from now. */
function sinceOf(value: string | undefined): () => string {
  if (value === undefined) {
    return () => new Date(Date.now() - DEFAULT_DAYS * DAY_MS).toISOString().slice(0, 10).replace(/-/g, '');
  }
  const day = value.replace(/-/g, '');
  if (!/^\d{8}$/.test(day)) {
    throw new UsageError(`--since takes a day such as 2026-01-31, not "${value}"`);
  }
  return () => day;
}

function patternOf(value: string | undefined): RegExp | undefined {
  try {
    return value === undefined ? undefined : new RegExp(value, 'i');
  } catch {
    throw new UsageError(`--urgent takes a regular expression, not "${value}"`);
  }
}

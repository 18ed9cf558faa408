import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './exitStatus';
import type { NodeProvider } from './models/onnxNetwork';
import { foundAt } from './output/foundAt';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options that every command with networks takes. */
export const NETWORK_OPTIONS = { models: { type: 'string' }, provider: { type: 'string' } } as const;

/** Options and paths of one command. @throws UsageError for an unknown option or one without its value. */
export function parseCommandArguments<T extends Options>(argv: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

export function requireExisting(path: string): void {
  if (!foundAt(path)) {
    throw new UsageError(`${path} does not exist`);
  }
}

export function parseProvider(text: string | undefined): NodeProvider {
  if (text !== undefined && text !== 'cpu' && text !== 'webgpu') {
    throw new UsageError(`--provider is cpu or webgpu, not "${text}"`);
  }
  return text ?? 'cpu';
}

/** @throws UsageError for anything but a whole number from 0 */
export function wholeNumber(option: string, text: string | undefined): number | undefined {
  const value = Number(text);
  if (text !== undefined && !(Number.isInteger(value) && value >= 0)) {
    throw new UsageError(`${option} takes a whole number from 0, not "${text}"`);
  }
  return text === undefined ? undefined : value;
}

/** @throws UsageError for anything but an address of a Redis */
export function parseQueue(url: string | undefined): string | undefined {
  if (url !== undefined && !/^rediss?:\/\/\S+$/.test(url)) {
    throw new UsageError(`--queue is an address like redis://HOST:6379, not "${url}"`);
  }
  return url;
}

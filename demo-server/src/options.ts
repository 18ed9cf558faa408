import { parseArgs } from 'node:util';
import type { Pacs } from './http/proxy';
import { DEFAULT_RELEASE } from './ohif/releases';
import { UserError } from './userError';

export interface ServerOptions {
  readonly port: number;
  readonly ohif: string;
  /** A PACS in place of the embedded store. */
  readonly pacs?: Pacs;
  readonly studies: readonly string[];
  /** Folder of the embedded store; undefined for the user's data folder. */
  readonly store?: string;
  /** Studies are scored only when a reader asks for it. */
  readonly manual: boolean;
  readonly help: boolean;
}

export const USAGE = `npm start -- [options]

  --dicomweb URL   use a real PACS (root of its DICOMweb service) instead of the embedded store
  --ohif VERSION   OHIF release to serve (default ${DEFAULT_RELEASE})
  --study DIR      add the DICOM files under DIR to the embedded store; may be given again
  --store DIR      folder of the embedded store
  --manual         does not score the store's studies by itself
  --help           this text

PORT picks the port (default 3000).`;

/** Throws `UserError` for what cannot be understood. */
export function readOptions(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>
): ServerOptions {
  const values = parse(argv);
  const port = Number(environment.PORT || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UserError(`PORT is "${environment.PORT}"; it must be a number from 0 to 65535`);
  }
  const pacs = values.dicomweb === undefined ? undefined : readPacs(values.dicomweb);
  if (pacs && values.study?.length) {
    throw new UserError('--study adds to the embedded store; it cannot be used together with --dicomweb');
  }
  return {
    port,
    ohif: values.ohif ?? DEFAULT_RELEASE,
    pacs,
    studies: values.study ?? [],
    store: values.store,
    manual: values.manual ?? false,
    help: values.help ?? false,
  };
}

/** A user and a password in the address become a header, so that no message repeats them. */
function readPacs(address: string): Pacs {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UserError('--dicomweb needs the http(s) address of a DICOMweb service');
  }
  if (url.search || url.hash) {
    throw new UserError('--dicomweb needs the root of a DICOMweb service, without a "?" or a "#"');
  }
  const root = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  const credentials = `${unescaped(url.username)}:${unescaped(url.password)}`;
  return credentials === ':'
    ? { root }
    : { root, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new UserError('--dicomweb: write a "%" of the user or the password as %25');
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        dicomweb: { type: 'string' },
        ohif: { type: 'string' },
        study: { type: 'string', multiple: true },
        store: { type: 'string' },
        manual: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

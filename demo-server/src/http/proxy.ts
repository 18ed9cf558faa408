import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { HttpError } from './reply';
import { LinkRewriter } from './linkRewriter';

const SILENCE_MS = 60_000;

/**
 * What a request, and an answer, may carry across; everything else describes one connection or one origin.
 */
const REQUEST_HEADERS = [
  'accept',
  'authorization',
  'content-length',
  'content-type',
  'if-none-match',
  'range',
];
const ANSWER_HEADERS = [
  'accept-ranges',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'retry-after',
  'warning',
];

export interface Pacs {
  /** Root of the DICOMweb service, without credentials, without a slash at its end. */
  readonly root: string;
  /** Sent where the page sends none. */
  readonly authorization?: string;
  /** How long it may say nothing; a minute by default. */
  readonly silenceMs?: number;
}

/**
 * Passes a request on to a PACS and its answer back, both at the pace of the slower side, so that the
 * page needs no rights at another origin. Links to the PACS in JSON answers are rewritten to `ownRoot`.
 * Redirects are not followed: a stored object must not get lost as a GET, nor its reader's token reach
 * another host. Throws `HttpError` 502 or 504 as long as nothing was answered.
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  pacs: Pacs,
  { ownRoot, headers }: { readonly ownRoot: string; readonly headers: Readonly<Record<string, string>> }
): Promise<void> {
  const answer = await ask(request, response, path, pacs);
  const status = answer.statusCode ?? 502;
  if ([301, 302, 303, 307, 308].includes(status)) {
    answer.destroy();
    throw new HttpError(502, `The PACS at ${pacs.root} redirects; give its new address to --dicomweb`);
  }
  const kept = picked(answer.headers, ANSWER_HEADERS);
  const rewrites = /json/i.test(kept['content-type'] ?? '') && !kept['content-encoding'];
  if (rewrites) {
    delete kept['content-length'];
  }
  try {
    response.writeHead(status, { ...kept, 'X-Content-Type-Options': 'nosniff', ...headers });
  } catch {
    answer.destroy();
    throw new HttpError(502, `The PACS at ${pacs.root} answers with a status or headers that are not HTTP`);
  }
  const passed = rewrites
    ? pipeline(answer, new LinkRewriter(pacs.root, ownRoot), response)
    : pipeline(answer, response);
  // The reader of a cut-off answer sees the cut.
  await passed.catch(() => response.destroy());
}

function ask(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  pacs: Pacs
): Promise<IncomingMessage> {
  const target = new URL(pacs.root + path);
  const silenceMs = pacs.silenceMs ?? SILENCE_MS;
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = picked(request.headers, REQUEST_HEADERS);
  if (pacs.authorization && !headers.authorization) {
    headers.authorization = pacs.authorization;
  }
  return new Promise((resolve, reject) => {
    const fail = (status: number, what: string) =>
      reject(new HttpError(status, `The PACS at ${pacs.root} ${what}`));
    // Compressed answers cannot be rewritten; on the way to localhost nothing is won by them.
    const asked = send(target, {
      method: request.method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      timeout: silenceMs,
    });
    asked.on('response', resolve);
    asked.on('upgrade', () => fail(502, 'wants another protocol'));
    asked.on('timeout', () => {
      fail(504, `has been silent for ${Math.round(silenceMs / 1000)} s`);
      asked.destroy();
    });
    asked.on('error', error => fail(502, `does not answer: ${error.message}`));
    asked.on('close', () => fail(502, 'closed the connection'));
    response.on('close', () => asked.destroy());
    request.pipe(asked);
  });
}

function picked(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(name => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    })
  );
}

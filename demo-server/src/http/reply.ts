import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * An HTTP answer before it is sent. A body that is made piece by piece is sent so, at the pace of the reader.
 */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | string | AsyncIterable<Buffer | string>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Something that the sender of a request did wrong, or that is not served here; the message says what. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  constructor(
    readonly status: number,
    message: string
  ) {
    super(message);
  }
}

export function json(value: unknown, status = 200, contentType = 'application/json'): Reply {
  return { status, contentType, body: JSON.stringify(value) };
}

export function message(status: number, sentence: string): Reply {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${sentence}\n` };
}

/**
 * Rejects where the first piece of the body cannot be made: nothing is sent then, and another reply may be.
 */
export async function send(
  response: ServerResponse,
  reply: Reply,
  headers: Readonly<Record<string, string>>
): Promise<void> {
  const { status, contentType, body } = reply;
  const all = {
    'Content-Type': contentType,
    'X-Content-Type-Options': 'nosniff',
    ...headers,
    ...reply.headers,
  };
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    const length = status === 304 ? {} : { 'Content-Length': Buffer.byteLength(body) };
    response.writeHead(status, { ...all, ...length });
    response.end(response.req.method === 'HEAD' ? undefined : body);
    return;
  }
  const pieces = body[Symbol.asyncIterator]();
  const first = await pieces.next();
  response.writeHead(status, all);
  // A failure from here on cuts the connection, so that the reader never takes a part for the whole.
  await pipeline(Readable.from(startingWith(first, pieces)), response).catch(() => response.destroy());
}

async function* startingWith<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  for (let step = first; !step.done; step = await rest.next()) {
    yield step.value;
  }
}

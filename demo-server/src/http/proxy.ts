import { message, type Reply } from './reply';

/** Headers that describe one connection or the other host, and must not be passed on. */
const NOT_FORWARDED = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'cookie',
  'host',
  'keep-alive',
  'origin',
  'referer',
  'transfer-encoding',
]);

export interface ForwardedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: () => Promise<Buffer>;
}

/**
 * Passes a request on to a PACS, so that the page needs no rights at another origin. Links to the PACS in JSON answers
 * are rewritten to `ownRoot`.
 */
export async function forward(
  request: ForwardedRequest,
  target: string,
  pacsRoot: string,
  ownRoot: string
): Promise<Reply> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !NOT_FORWARDED.has(name) && !name.startsWith('sec-')) {
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
  }
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  let answer: Response;
  try {
    const body = hasBody ? new Uint8Array(await request.body()) : undefined;
    answer = await fetch(target, { method: request.method, headers, body });
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return message(502, `The PACS at ${pacsRoot} does not answer: ${cause}`);
  }
  const contentType = answer.headers.get('content-type') ?? 'application/octet-stream';
  const body = Buffer.from(await answer.arrayBuffer());
  const rewritten = contentType.includes('json') ? body.toString('utf8').replaceAll(pacsRoot, ownRoot) : body;
  return { status: answer.status, contentType, body: rewritten };
}

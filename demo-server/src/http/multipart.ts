import { randomUUID } from 'node:crypto';

/** One part of a multipart body (RFC 2046). */
export interface Part {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Splits a multipart body; throws an `Error` where the boundary is missing, or the body ends before its last part does. */
export function splitMultipart(body: Buffer, contentType: string): Part[] {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  if (!boundary) {
    throw new Error('the request has no multipart boundary');
  }
  const mark = Buffer.from(`--${boundary[1] ?? boundary[2]}`);
  const parts: Part[] = [];
  let delimiter = nextDelimiter(body, mark, 0);
  while (delimiter && !delimiter.last) {
    const next = nextDelimiter(body, mark, delimiter.after);
    if (!next) {
      break;
    }
    parts.push(splitPart(body.subarray(delimiter.after, Math.max(delimiter.after, next.at - 2))));
    delimiter = next;
  }
  if (!delimiter?.last) {
    throw new Error('the request ends before its closing boundary');
  }
  return parts;
}

interface Delimiter {
  readonly at: number;
  readonly after: number;
  readonly last: boolean;
}

/** A delimiter has a line of its own; pixels may hold the bare mark by chance, and another boundary may begin with it. */
function nextDelimiter(body: Buffer, mark: Buffer, from: number): Delimiter | undefined {
  for (let at = body.indexOf(mark, from); at >= 0; at = body.indexOf(mark, at + 1)) {
    const end = at + mark.length;
    const startsLine = at === 0 || (body[at - 2] === 0x0d && body[at - 1] === 0x0a);
    if (startsLine && body.toString('latin1', end, end + 2) === '--') {
      return { at, after: end + 2, last: true };
    }
    let after = end;
    while (body[after] === 0x20 || body[after] === 0x09) {
      after += 1;
    }
    if (startsLine && body[after] === 0x0d && body[after + 1] === 0x0a) {
      return { at, after: after + 2, last: false };
    }
  }
  return undefined;
}

function splitPart(bytes: Buffer): Part {
  const headerEnd = bytes.indexOf('\r\n\r\n');
  if (headerEnd < 0) {
    throw new Error('a part of the request has no header');
  }
  const headers = bytes.toString('latin1', 0, headerEnd);
  const contentType = /^content-type:[ \t]*([^\r\n]+)/im.exec(headers)?.[1].trim() ?? '';
  return { contentType, body: bytes.subarray(headerEnd + 4) };
}

/** A multipart/related body, made part by part, and the header that announces it. */
export function joinMultipart(
  parts: Iterable<Part> | AsyncIterable<Part>,
  type: string
): { contentType: string; body: AsyncIterable<Buffer | string> } {
  const boundary = `deep-aspects-${randomUUID()}`;
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}`,
    body: pieces(parts, boundary),
  };
}

async function* pieces(
  parts: Iterable<Part> | AsyncIterable<Part>,
  boundary: string
): AsyncGenerator<Buffer | string> {
  for await (const { contentType, body } of parts) {
    yield `--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`;
    yield body;
    yield '\r\n';
  }
  yield `--${boundary}--\r\n`;
}

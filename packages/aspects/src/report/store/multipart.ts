/** One part of a multipart body (RFC 2046). */
export interface Part {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * The parts of a multipart body; they share its memory. Throws `Error` where the type names no boundary, a
 * part has no header, or the body ends before its closing boundary.
 */
export function splitMultipart(body: Uint8Array, contentType: string): Part[] {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) {
    throw new Error('the multipart body has no boundary');
  }
  const mark = bytesOf(`--${boundary}`);
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
    throw new Error('the multipart body ends before its closing boundary');
  }
  return parts;
}

interface Delimiter {
  readonly at: number;
  readonly after: number;
  readonly last: boolean;
}

const [CR, LF, TAB, SPACE, DASH] = [0x0d, 0x0a, 0x09, 0x20, 0x2d];

/**
 * A delimiter has a line of its own; pixels may hold the bare mark by chance, and another boundary may
 * begin with it.
 */
function nextDelimiter(body: Uint8Array, mark: Uint8Array, from: number): Delimiter | undefined {
  for (let at = indexOf(body, mark, from); at >= 0; at = indexOf(body, mark, at + 1)) {
    const end = at + mark.length;
    const startsLine = at === 0 || (body[at - 2] === CR && body[at - 1] === LF);
    if (startsLine && body[end] === DASH && body[end + 1] === DASH) {
      return { at, after: end + 2, last: true };
    }
    let after = end;
    while (body[after] === SPACE || body[after] === TAB) {
      after += 1;
    }
    if (startsLine && body[after] === CR && body[after + 1] === LF) {
      return { at, after: after + 2, last: false };
    }
  }
  return undefined;
}

function splitPart(bytes: Uint8Array): Part {
  const headerEnd = indexOf(bytes, bytesOf('\r\n\r\n'), 0);
  if (headerEnd < 0) {
    throw new Error('a part of the multipart body has no header');
  }
  const headers = new TextDecoder('latin1').decode(bytes.subarray(0, headerEnd));
  const contentType = /^content-type:[ \t]*([^\r\n]+)/im.exec(headers)?.[1].trim() ?? '';
  return { contentType, body: bytes.subarray(headerEnd + 4) };
}

/**
 * Content of the first part of a multipart body, or the body itself if it is not multipart. Throws an `Error`
 * if the body does not have the parts that its type announces.
 */
export function firstPart(body: ArrayBuffer, contentType: string): ArrayBuffer {
  if (!/^multipart\//i.test(contentType) || boundaryOf(contentType) === undefined) {
    return body;
  }
  const [first] = splitMultipart(new Uint8Array(body), contentType);
  if (!first) {
    throw new Error('the multipart body has no part');
  }
  return body.slice(first.body.byteOffset, first.body.byteOffset + first.body.length);
}

/** A `multipart/related` body (PS3.18 8.6.1.2.1) and the header that announces it. */
export function joinMultipart(
  parts: readonly { readonly contentType: string; readonly body: Uint8Array }[],
  type: string
): { readonly contentType: string; readonly body: Uint8Array<ArrayBuffer> } {
  const boundary = `deep-aspects-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
  const chunks = parts.flatMap(({ contentType, body }) => [
    bytesOf(`--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`),
    body,
    bytesOf('\r\n'),
  ]);
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}`,
    body: concatenated([...chunks, bytesOf(`--${boundary}--\r\n`)]),
  };
}

function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function concatenated(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(pattern[0], from); at >= 0; at = bytes.indexOf(pattern[0], at + 1)) {
    if (pattern.every((value, index) => bytes[at + index] === value)) {
      return at;
    }
  }
  return -1;
}

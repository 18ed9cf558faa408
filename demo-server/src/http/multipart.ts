/** One part of a multipart body (RFC 2046). */
export interface Part {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Splits a multipart body; throws an `Error` where the boundary is missing. */
export function splitMultipart(body: Buffer, contentType: string): Part[] {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (!boundary) {
    throw new Error('the request has no multipart boundary');
  }
  const mark = `--${boundary[1] ?? boundary[2]}`;
  // A delimiter stands at the start of a line; pixel data may hold the bare mark by chance.
  const delimiter = Buffer.from(`\r\n${mark}`);
  const parts: Part[] = [];
  let start = body.indexOf(mark);
  while (start >= 0) {
    const from = start + mark.length;
    const end = body.indexOf(delimiter, from);
    if (end < 0) {
      break;
    }
    parts.push(splitPart(body.subarray(from, end)));
    start = end + 2;
  }
  return parts;
}

function splitPart(bytes: Buffer): Part {
  const headerEnd = bytes.indexOf('\r\n\r\n');
  if (headerEnd < 0) {
    throw new Error('a part of the request has no header');
  }
  const headers = bytes.toString('latin1', 0, headerEnd);
  const contentType = /content-type:\s*([^\r\n]+)/i.exec(headers)?.[1].trim() ?? '';
  return { contentType, body: bytes.subarray(headerEnd + 4) };
}

/** A multipart/related body and the header that announces it. */
export function joinMultipart(parts: readonly Part[], type: string): { contentType: string; body: Buffer } {
  const boundary = `deep-aspects-${Math.random().toString(36).slice(2)}`;
  const chunks = parts.flatMap(part => [
    Buffer.from(
      `--${boundary}\r\nContent-Type: ${part.contentType}\r\nContent-Length: ${part.body.length}\r\n\r\n`
    ),
    part.body,
    Buffer.from('\r\n'),
  ]);
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}`,
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

import { randomUUID } from 'node:crypto';
import { splitMultipart } from '@deep-aspects/aspects/report';

/** One part of a multipart body (RFC 2046). */
export interface BufferPart {
  readonly contentType: string;
  readonly body: Buffer;
}

/** `splitMultipart` of what Node received; throws as it does. */
export function bufferParts(body: Buffer, contentType: string): BufferPart[] {
  return splitMultipart(body, contentType).map(part => ({
    contentType: part.contentType,
    body: Buffer.from(part.body.buffer, part.body.byteOffset, part.body.length),
  }));
}

/** A multipart/related body, made part by part, and the header that announces it. */
export function joinMultipart(
  parts: Iterable<BufferPart> | AsyncIterable<BufferPart>,
  type: string
): { contentType: string; body: AsyncIterable<Buffer | string> } {
  const boundary = `deep-aspects-${randomUUID()}`;
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}`,
    body: pieces(parts, boundary),
  };
}

async function* pieces(
  parts: Iterable<BufferPart> | AsyncIterable<BufferPart>,
  boundary: string
): AsyncGenerator<Buffer | string> {
  for await (const { contentType, body } of parts) {
    yield `--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`;
    yield body;
    yield '\r\n';
  }
  yield `--${boundary}--\r\n`;
}

import type { IncomingMessage } from 'node:http';
import { HttpError } from './reply';

/** Largest body that is read: an Enhanced CT of a head, or a SEG and an SR. OHIF sends a file a request. */
const MAX_BODY_BYTES = 256 * 2 ** 20;
/** All bodies that are being read, together. */
const MAX_BYTES_IN_MEMORY = 512 * 2 ** 20;

let bytesInMemory = 0;

/**
 * Reads a body and hands it to `use`. Throws `HttpError`: 413 where it is too large, which its announced
 * length decides before a byte is read; 503 where others take the memory.
 */
export async function withBody<T>(request: IncomingMessage, use: (body: Buffer) => Promise<T>): Promise<T> {
  const tooLarge = new HttpError(
    413,
    `A request may have ${MAX_BODY_BYTES / 2 ** 20} MiB; send fewer instances at once`
  );
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
    throw tooLarge;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      bytesInMemory += chunk.length;
      if (size > MAX_BODY_BYTES) {
        throw tooLarge;
      }
      if (bytesInMemory > MAX_BYTES_IN_MEMORY) {
        throw new HttpError(503, 'Too much is being stored at once; try again');
      }
      chunks.push(chunk);
    }
    return await use(Buffer.concat(chunks));
  } finally {
    bytesInMemory -= size;
  }
}

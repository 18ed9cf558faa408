import { gunzipSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import { Refusal } from '@deep-aspects/aspects/series';

/** What the decompressor's codes mean for a file. */
const GZIP_FAULTS: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'it ends early',
  ERR_BUFFER_TOO_LARGE: 'it holds more than its header says',
};

/** Of a member's header (RFC 1952, section 2.3), bytes; and of its check sum and length at the end. */
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const FLAG = { headerSum: 2, extra: 4, name: 8, comment: 16 };

export interface Inflated {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes after the compressed data that belong to nothing: left out, as gunzip does with a warning. */
  readonly junkBytes: number;
}

export function isGzip(file: Uint8Array, at = 0): boolean {
  return file[at] === 0x1f && file[at + 1] === 0x8b;
}

/** @throws Refusal `CORRUPT_PIXELS` where the compressed data are damaged, cut off or too many */
export function gunzip(file: Uint8Array, name: string, options: ZlibOptions): Inflated {
  try {
    return { bytes: new Uint8Array(gunzipSync(file, options)), junkBytes: 0 };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const end = code === 'ERR_BUFFER_TOO_LARGE' ? 0 : endOfMembers(file, options);
    if (end > 0 && end < file.length) {
      const { bytes } = gunzip(file.subarray(0, end), name, options);
      return { bytes, junkBytes: file.length - end };
    }
    const reason = GZIP_FAULTS[code] ?? 'its compressed data are damaged';
    throw new Refusal('CORRUPT_PIXELS', `${name} cannot be decompressed: ${reason}; copy it again.`, {
      file: name,
      code,
    });
  }
}

/** Where the last member ends, 0 where one is damaged. */
function endOfMembers(file: Uint8Array, options: ZlibOptions): number {
  let at = 0;
  try {
    while (isGzip(file, at)) {
      const start = at + headerLength(file.subarray(at));
      // Types of Node.js do not know the option by which it tells how much it has read.
      const { engine } = inflateRawSync(file.subarray(start), {
        ...options,
        info: true,
      }) as unknown as { readonly engine: { readonly bytesWritten: number } };
      at = start + engine.bytesWritten + TRAILER_BYTES;
    }
    return at;
  } catch {
    return 0;
  }
}

function headerLength(member: Uint8Array): number {
  const flags = member[3];
  let length = HEADER_BYTES;
  if (flags & FLAG.extra) {
    length += 2 + (member[length] | (member[length + 1] << 8));
  }
  for (const text of [FLAG.name, FLAG.comment]) {
    if (flags & text) {
      length = member.indexOf(0, length) + 1;
    }
  }
  return length + (flags & FLAG.headerSum ? 2 : 0);
}

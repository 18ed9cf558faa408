import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';

/**
 * SHA-256 of bytes as 64 lower-case hexadecimal digits.
 *
 * `crypto.subtle` exists in secure contexts only; a page served over plain http from a hospital host has
 * none, and the check must not be skipped there: it is then computed in JavaScript (about a second for 25 MB,
 * in the worker).
 */
export async function sha256Hex(
  bytes: Uint8Array,
  subtle: Pick<SubtleCrypto, 'digest'> | undefined = globalThis.crypto?.subtle
): Promise<string> {
  if (subtle) {
    return bytesToHex(new Uint8Array(await subtle.digest('SHA-256', bytes as BufferSource)));
  }
  return bytesToHex(sha256(bytes));
}

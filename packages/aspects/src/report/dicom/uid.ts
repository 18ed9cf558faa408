import { sha256 } from '@noble/hashes/sha2.js';
import { runAtOnce, type Steps } from '../steps';

/** Bytes hashed in one step: some milliseconds. */
const STEP_BYTES = 1 << 19;

/**
 * The characters and the length of a UID (PS3.5 9.1). Leading zeros, though wrong, name the same instance.
 */
const UID = /^[0-9.]{1,64}$/;

/** Whether a text can stand where a UID belongs: longer ones are cut, and then name nothing. */
export function isUid(text: string): boolean {
  return UID.test(text);
}

/**
 * A UID made from content: the same parts always give the same UID, so storing an unchanged report twice
 * names the same instance. `2.25.` and the decimal value of a version 8 (custom, name-based) UUID from
 * SHA-256 (PS3.5 B.2, RFC 9562).
 * @param purpose Keeps UIDs of different roles apart (`seg`, `sr`, `series` ...).
 */
export function contentUid(purpose: string, ...parts: readonly (string | Uint8Array)[]): string {
  return runAtOnce(contentUidSteps(purpose, ...parts));
}

/** `contentUid` of much content. */
export function* contentUidSteps(purpose: string, ...parts: readonly (string | Uint8Array)[]): Steps<string> {
  const hash = sha256.create();
  for (const part of [purpose, ...parts]) {
    const bytes = typeof part === 'string' ? new TextEncoder().encode(part) : part;
    // The length keeps ['ab', 'c'] and ['a', 'bc'] apart.
    hash.update(new TextEncoder().encode(`${bytes.length}:`));
    for (let at = 0; at < bytes.length; at += STEP_BYTES) {
      hash.update(bytes.subarray(at, at + STEP_BYTES));
      yield;
    }
  }
  const uuid = hash.digest().slice(0, 16);
  uuid[6] = (uuid[6] & 0x0f) | 0x80;
  uuid[8] = (uuid[8] & 0x3f) | 0x80;
  let value = 0n;
  for (const byte of uuid) {
    value = (value << 8n) | BigInt(byte);
  }
  return `2.25.${value}`;
}

import { createHash, webcrypto } from 'node:crypto';
import { sha256Hex } from './sha256Hex';

const bytes = Uint8Array.from({ length: 100_003 }, (_, index) => (index * 31) % 251);
const expected = createHash('sha256').update(bytes).digest('hex');

describe('sha256Hex', () => {
  it('hashes with the platform in a secure context', async () => {
    expect(await sha256Hex(bytes, webcrypto.subtle as unknown as SubtleCrypto)).toBe(expected);
  });

  it('hashes the same without crypto.subtle, as on plain http', async () => {
    const withoutSubtle: undefined = undefined;
    const original = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
    Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
    try {
      expect(await sha256Hex(bytes, withoutSubtle)).toBe(expected);
    } finally {
      Object.defineProperty(globalThis, 'crypto', original ?? { value: webcrypto, configurable: true });
    }
  });
});

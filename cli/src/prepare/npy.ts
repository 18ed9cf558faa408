import { endianness } from 'node:os';

/**
 * A NumPy array file (format 1.0), C order, little-endian.
 *
 * @param shape its product is the length of `data`
 */
export function npyBytes(data: Float32Array | Uint8Array, shape: readonly number[]): Uint8Array {
  if (endianness() !== 'LE') {
    throw new Error('prepare writes on little-endian machines only');
  }
  const type = data instanceof Float32Array ? '<f4' : '|u1';
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const prefix = 10;
  // Header and its line break fill up to a multiple of 64 bytes.
  const length = Math.ceil((prefix + dictionary.length + 1) / 64) * 64 - prefix;
  const header = Buffer.alloc(prefix + length, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length, 8);
  header.write(dictionary, prefix, 'latin1');
  header.write('\n', prefix + length - 1);
  return Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

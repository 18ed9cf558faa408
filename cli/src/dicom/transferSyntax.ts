/** What has to be known of a transfer syntax (PS3.5 section 10 and annex A) in order to get at its pixels. */
export type PixelEncoding =
  'native' | 'rle' | 'jpeg-baseline' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';

const ENCODINGS: ReadonlyMap<string, PixelEncoding> = new Map([
  [IMPLICIT_LITTLE_ENDIAN, 'native'],
  [EXPLICIT_LITTLE_ENDIAN, 'native'],
  ['1.2.840.10008.1.2.1.99', 'native'],
  [EXPLICIT_BIG_ENDIAN, 'native'],
  ['1.2.840.10008.1.2.5', 'rle'],
  ['1.2.840.10008.1.2.4.50', 'jpeg-baseline'],
  ['1.2.840.10008.1.2.4.57', 'jpeg-lossless'],
  ['1.2.840.10008.1.2.4.70', 'jpeg-lossless'],
  ['1.2.840.10008.1.2.4.80', 'jpeg-ls'],
  ['1.2.840.10008.1.2.4.81', 'jpeg-ls'],
  ['1.2.840.10008.1.2.4.90', 'jpeg-2000'],
  ['1.2.840.10008.1.2.4.91', 'jpeg-2000'],
  ['1.2.840.10008.1.2.4.201', 'htj2k'],
  ['1.2.840.10008.1.2.4.202', 'htj2k'],
  ['1.2.840.10008.1.2.4.203', 'htj2k'],
]);

/** Undefined for a transfer syntax that cannot be decoded here (12-bit lossy JPEG, video, private ones). */
export function pixelEncodingOf(transferSyntaxUID: string): PixelEncoding | undefined {
  return ENCODINGS.get(transferSyntaxUID);
}

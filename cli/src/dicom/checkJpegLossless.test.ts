import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDicom, readEncapsulatedPixelDataFromFragments } from 'dicom-parser';
import { checkJpegLossless } from './checkJpegLossless';

const SHAPE = { rows: 16, columns: 24, bitsAllocated: 16 };
const dataSet = parseDicom(readFileSync(join(__dirname, 'fixtures/unsigned-jpeg-lossless-sv1.dcm')));
const stream = new Uint8Array(
  readEncapsulatedPixelDataFromFragments(dataSet, dataSet.elements.x7fe00010, 0, 1)
);
/** Where a marker stands. */
const markerAt = (marker: number): number =>
  stream.findIndex((value, i) => value === 0xff && stream[i + 1] === marker);
const edited = (at: number, value: number): Uint8Array => stream.map((old, i) => (i === at ? value : old));

it('passes a whole stream, with a byte of padding too', () => {
  expect(() => checkJpegLossless(stream, SHAPE)).not.toThrow();
  expect(() => checkJpegLossless(Uint8Array.of(...stream, 0), SHAPE)).not.toThrow();
});

it.each([0.4, 0.9])('says that a stream ends early at %s of its length', share => {
  expect(() => checkJpegLossless(stream.subarray(0, Math.floor(stream.length * share)), SHAPE)).toThrow(
    'ends early'
  );
});

it('compares the size with the header', () => {
  expect(() => checkJpegLossless(stream, { ...SHAPE, rows: 24, columns: 16 })).toThrow('24 x 16 x 1');
});

it('refuses what the decoder gets wrong: a point transform, the mean predictor', () => {
  const scan = markerAt(0xda);
  expect(() => checkJpegLossless(edited(scan + 9, 2), SHAPE)).toThrow(
    /point transform 2, which is not supported: have the series sent uncompressed/
  );
  expect(() => checkJpegLossless(edited(scan + 7, 7), SHAPE)).toThrow(
    /selection value 7, which is not supported: have the series sent uncompressed/
  );
});

import startOpenjpeg from '@cornerstonejs/codec-openjpeg/wasmjs';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { prepareSeries } from '@deep-aspects/aspects/scoring';
import { buildHeadCtSeries, type HeadCtSeries } from '@deep-aspects/aspects/series';
import { frameDecoder } from './decoders';
import { loadDicomSeries } from './dicomSeries';

/** JPEG 2000 has no check sum: a stream with a hole decodes to its end, and the hole becomes noise. */
const STUDY = 'demo-server/demo-studies/left-mca';
const SLICE = 14;

async function encoded(hu: Int16Array, rows: number, columns: number): Promise<Uint8Array> {
  const { J2KEncoder } = await startOpenjpeg({ print: () => undefined, printErr: () => undefined });
  const encoder = new J2KEncoder();
  const frame = { width: columns, height: rows, bitsPerSample: 16, componentCount: 1, isSigned: true };
  encoder.getDecodedBuffer(frame).set(new Uint8Array(hu.buffer));
  encoder.setQuality(true, 0);
  encoder.encode();
  const stream = encoder.getEncodedBuffer().slice();
  encoder.delete();
  return stream;
}

let series: HeadCtSeries;
let stream: Uint8Array;

beforeAll(async () => {
  const files = readdirSync(STUDY).filter(name => name.endsWith('.dcm'));
  series = buildHeadCtSeries(await loadDicomSeries(files.map(name => join(STUDY, name))));
  stream = await encoded(series.slices[SLICE].hu, series.rows, series.columns);
}, 60_000);

/** Warnings about a series one slice of which was decoded from `damaged`. */
async function doubts(damaged: Uint8Array): Promise<readonly string[]> {
  const decode = await frameDecoder('jpeg-2000');
  const { rows, columns } = series;
  const hu = new Int16Array(decode(damaged, { rows, columns, bitsAllocated: 16 }).buffer);
  const slices = series.slices.map((slice, i) => (i === SLICE ? { ...slice, hu } : slice));
  const prepared = await prepareSeries({ ...series, slices });
  return prepared.doubts.map(({ message }) => message);
}

it('a whole stream raises no doubt', async () => {
  expect(await doubts(stream)).toEqual([]);
}, 60_000);

it.each([0.3, 0.5, 0.7])(
  'a stream of JPEG 2000 with a hole of 2,000 bytes at %s of its length does',
  async share => {
    const from = Math.floor(share * stream.length);
    expect(await doubts(stream.slice().fill(0, from, from + 2000))).toContain(
      `In slice ${SLICE + 1} of ${series.slices.length} (from below) a part of the brain has much stronger noise than the rest: its data are damaged, or an implant disturbs them.`
    );
  },
  60_000
);

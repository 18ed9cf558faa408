/** @jest-environment node */
import { deflateSync, inflateSync } from 'node:zlib';
import { PDFArray, PDFDocument, PDFRawStream } from '@cantoo/pdf-lib';
import type { SummaryPage } from '@deep-aspects/aspects/report';
import { summaryPdf } from './summaryPdf';

/** A grey PNG of that size. */
function png(width: number, height: number): Uint8Array {
  const crc = (bytes: Buffer) => {
    let value = ~0;
    for (const byte of bytes) {
      value ^= byte;
      for (let bit = 0; bit < 8; bit++) {
        value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
      }
    }
    return ~value >>> 0;
  };
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.alloc((width + 1) * height))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const info = { title: 'ASPECTS', creator: 'Deep-ASPECTS 0.1.0', createdAt: '2026-03-04T05:06:07.089Z' };
const page = (height: number, ...texts: string[]): SummaryPage => ({
  top: 0,
  rows: height,
  height,
  head: [],
  captions: texts.map((text, i) => ({ text, x: 10, y: 10 + 30 * i, sizePx: 18, align: 'left' })),
});

/** What a page draws: its operators, with the words in hexadecimal. */
async function drawnOn(bytes: Uint8Array, index: number): Promise<string> {
  const pdf = await PDFDocument.load(bytes);
  const contents = pdf.getPage(index).node.Contents();
  const streams =
    contents instanceof PDFArray ? contents.asArray().map(one => pdf.context.lookup(one)) : [contents];
  return streams
    .map(one => (one instanceof PDFRawStream ? inflateSync(one.contents).toString('latin1') : ''))
    .join('\n');
}
const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex').toUpperCase();

test('a page of A4 for each part of the summary, its picture within the margins and its words as text', async () => {
  const bytes = await summaryPdf(
    [
      { png: png(132, 180), widthPx: 132, page: page(180, 'Müßig, SYN-1', 'HU \u22120.4') },
      { png: png(132, 400), widthPx: 132, page: page(400, '山田') },
    ],
    info
  );
  const pdf = await PDFDocument.load(bytes, { updateMetadata: false });
  expect(pdf.getPages().map(one => one.getSize())).toEqual([
    { width: 595.28, height: 841.89 },
    { width: 595.28, height: 841.89 },
  ]);
  expect([pdf.getTitle(), pdf.getCreator(), pdf.getCreationDate()?.toISOString()]).toEqual([
    'ASPECTS',
    'Deep-ASPECTS 0.1.0',
    '2026-03-04T05:06:07.000Z',
  ]);
  const first = await drawnOn(bytes, 0);
  expect(first).toContain(hex('Müßig, SYN-1'));
  expect(first).toContain(hex('HU -0.4'));
  expect(await drawnOn(bytes, 1)).toContain(hex('??'));
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { NaturalisedDataset } from 'dcmjs';
import { buildHeadCtSeries, type Refusal } from '@deep-aspects/aspects/series';
import { findStudies } from '../score/findStudies';
import { withFitSeries } from '../score/pickSeries';
import { loadDicomSeries } from './dicomSeries';
import { openDicom } from './openDicom';
import {
  change,
  COMMON,
  enhanced,
  files,
  folderOf,
  part10,
  PHANTOM,
  pixels,
  plain,
  refusalOf,
  seriesOf,
  SIZE,
} from './testing/phantomFiles';
import { pixelEncodingOf } from './transferSyntax';

/** The words of the refusal of a folder's only study. */
async function wordsFor(files: readonly Buffer[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
  files.forEach((bytes, index) => writeFileSync(join(folder, `image${index}`), bytes));
  const [study] = findStudies([folder]).studies;
  return withFitSeries(study, undefined, async () => 'accepted').catch(
    ({ code, message }: Refusal) => `${code}: ${message}`
  );
}

describe('numbers that cannot be', () => {
  it.each([100_000_000, 999_999_999_999, 10, 8, 1, -1, 2.5])(
    'of frames are refused before memory is taken for them: %s',
    async frames => {
      const dataset = { ...enhanced(), NumberOfFrames: String(frames) } as NaturalisedDataset;
      expect(await wordsFor([part10(dataset)])).toMatch(
        /^CORRUPT_PIXELS: 1\.2\.3\.900 declares \S+ frames and describes 9/
      );
    }
  );

  it('of rows and columns are refused, compressed or not', async () => {
    const words = await wordsFor(change({ Rows: 60_000, Columns: 60_000 }).map(part10));
    expect(words).toMatch(/^(CORRUPT_PIXELS|IMPLAUSIBLE_GEOMETRY): /);
  });

  it('of inflated bytes are refused', async () => {
    const [dataset] = change({});
    const meta = part10(dataset);
    const syntax = meta.indexOf('1.2.840.10008.1.2.1');
    const end = syntax + 20;
    const header = Buffer.concat([
      meta.subarray(0, syntax - 2),
      Buffer.from([22, 0]),
      Buffer.from('1.2.840.10008.1.2.1.99'),
    ]);
    const bomb = deflateRawSync(
      Buffer.concat([meta.subarray(end, meta.length - 64 * 64 * 2), Buffer.alloc(600 * 2 ** 20)])
    );
    const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    writeFileSync(join(folder, 'bomb'), Buffer.concat([header, bomb]));
    expect(findStudies([folder]).ignored[0].problem).toContain('is damaged');
  });

  it('of elements are refused', async () => {
    const [dataset] = change({});
    const bytes = part10(dataset);
    const items = Buffer.alloc(800_000 * 8, Buffer.from([0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]));
    const sequence = Buffer.from([0x08, 0, 0x15, 0x11, 0x53, 0x51, 0, 0, 0, 0, 0, 0]);
    sequence.writeUInt32LE(items.length, 8);
    const at = bytes.length - SIZE * SIZE * 2 - 12;
    const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    writeFileSync(
      join(folder, 'bomb'),
      Buffer.concat([bytes.subarray(0, at), sequence, items, bytes.subarray(at)])
    );
    expect(findStudies([folder]).ignored[0].problem).toContain('more than 500000 elements');
  });
});

describe('names that programs have too', () => {
  it.each(['constructor', '__proto__', 'toString'])('are data: series %s, study %s', async name => {
    const datasets = change({ SeriesInstanceUID: name, StudyInstanceUID: name });
    const [study] = findStudies([folderOf([...datasets, ...change({})])]).studies;
    const series = await withFitSeries(study, undefined, async fit => fit);
    expect(series.seriesInstanceUID).toBe(name);
    expect(pixels(series)).toEqual(pixels(plain));
  });

  it('are no transfer syntax', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(pixelEncodingOf(name)).toBeUndefined();
    }
  });
});

describe('SOP Instance UIDs', () => {
  it.each([
    ['one for all', '1.2.9', undefined, /different images with one SOP Instance UID \(0008,0018\), 1\.2\.9/],
    ['none', '', undefined, /image0 has no SOP Instance UID/],
    ['none of one slice', '', 4, /image4 has no SOP Instance UID/],
    ['one for two slices', '1.2.3.3', 3, /different images with one SOP Instance UID/],
  ])('are asked for: %s', async (_, SOPInstanceUID, at, words) => {
    const uid = SOPInstanceUID === '1.2.3.3' ? PHANTOM[6].sopInstanceUID : SOPInstanceUID;
    const files = change({ SOPInstanceUID: uid }, at).map(dataset =>
      part10({ ...dataset, _meta: undefined } as unknown as NaturalisedDataset)
    );
    const said = await wordsFor(files);
    expect(said).toMatch(/^INCONSISTENT_SERIES: /);
    expect(said).toMatch(words);
  });

  it.each([0, 4, 8])('of another image at the same place is refused: slice %s', async at => {
    const datasets = change({});
    const other = { ...datasets[at], PixelData: datasets[(at + 1) % datasets.length].PixelData };
    const copies = [...datasets, other as NaturalisedDataset].map(part10);
    expect(await wordsFor(copies)).toMatch(/^INCONSISTENT_SERIES: .*different images with one SOP/);
    expect(await wordsFor([...datasets, datasets[at]].map(part10))).toBe('accepted');
  });

  it('may come twice where one copy was cut off', async () => {
    const files = change({}).map(part10);
    const cut = files[4].subarray(0, files[4].length - 1000);
    for (const order of [
      [cut, ...files],
      [...files, cut],
    ]) {
      expect(await wordsFor(order)).toBe('accepted');
    }
  });
});

describe('words for what is wrong', () => {
  it('names the missing UID, and damage', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    const [dataset] = change({});
    const whole = part10(dataset);
    writeFileSync(join(folder, 'a'), part10({ ...dataset, StudyInstanceUID: '' } as NaturalisedDataset));
    writeFileSync(join(folder, 'b'), part10({ ...dataset, SeriesInstanceUID: '' } as NaturalisedDataset));
    writeFileSync(join(folder, 'c'), whole.subarray(0, 300));
    writeFileSync(join(folder, 'd'), 'no DICOM at all');
    expect(findStudies([folder]).ignored.map(({ problem }) => problem)).toEqual([
      'has no Study Instance UID (0020,000D)',
      'has no Series Instance UID (0020,000E)',
      expect.stringContaining('is damaged'),
      undefined,
    ]);
  });

  it('says that all images lie at one place, and that frames have none', async () => {
    const position = PHANTOM[0].imagePositionPatient;
    expect(await wordsFor(change({ ImagePositionPatient: position }).map(part10))).toMatch(
      /^INCONSISTENT_SERIES: All 9 images have the same Image Position/
    );
    const [dataset] = change({ NumberOfFrames: '9' });
    expect(await wordsFor([part10(dataset)])).toMatch(
      /^MISSING_GEOMETRY: .* 9 frames without functional groups/
    );
  });
});

describe('files that are read all the same', () => {
  /** The meta header's Transfer Syntax UID element replaced. */
  const withSyntax = (bytes: Buffer, element: Buffer) => {
    const at = bytes.indexOf(Buffer.from([0x02, 0x00, 0x10, 0x00, 0x55, 0x49]));
    const end = at + 8 + bytes.readUInt16LE(at + 6);
    const whole = Buffer.concat([bytes.subarray(0, at), element, bytes.subarray(end)]);
    whole.writeUInt32LE(bytes.readUInt32LE(140) + element.length - (end - at), 140);
    return whole;
  };
  const syntax = (uid: string) => {
    const value = Buffer.from(uid.length % 2 ? `${uid}\0` : uid);
    const head = Buffer.from([0x02, 0x00, 0x10, 0x00, 0x55, 0x49, value.length, 0]);
    return Buffer.concat([head, value]);
  };

  it.each([
    ['without a Transfer Syntax UID', (bytes: Buffer) => withSyntax(bytes, Buffer.alloc(0))],
    ['that name implicit VR', (bytes: Buffer) => withSyntax(bytes, syntax('1.2.840.10008.1.2'))],
    ['that name big endian', (bytes: Buffer) => withSyntax(bytes, syntax('1.2.840.10008.1.2.2'))],
    ['without preamble and group length', (bytes: Buffer) => bytes.subarray(144)],
  ])('files %s', async (_, spoil) => {
    const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    change({}).forEach((dataset, i) => writeFileSync(join(folder, `image${i}`), spoil(part10(dataset))));
    expect(pixels(buildHeadCtSeries(await loadDicomSeries(files(folder))))).toEqual(pixels(plain));
  });

  it.each([
    ['PixelSpacing', PHANTOM[0].pixelSpacing?.map(value => String(value).replace('.', ','))],
    ['RescaleSlope', '1,0'],
    ['RescaleIntercept', ',0'],
    ['ImageOrientationPatient', ['1,0', '0', '0', '0', '1,00', '0']],
  ])('a decimal comma in %s', async (keyword, value) => {
    const vr = { ...COMMON._vrMap, [keyword]: 'LO' };
    const series = await seriesOf(change({ [keyword]: value, _vrMap: vr }));
    expect(series.pixelSpacingMm).toEqual(plain.pixelSpacingMm);
    expect(pixels(series)).toEqual(pixels(plain));
  });

  it('a comma between two numbers is none', async () => {
    const vr = { ...COMMON._vrMap, PixelSpacing: 'LO' };
    expect(await refusalOf(change({ PixelSpacing: '3.5,3.5', _vrMap: vr }))).toBe('MISSING_GEOMETRY');
  });

  it('pixel measures in two places', async () => {
    const dataset = enhanced();
    const [shared] = dataset.SharedFunctionalGroupsSequence as Record<string, Record<string, unknown>[]>[];
    const [measures] = shared.PixelMeasuresSequence;
    delete measures.SliceThickness;
    for (const frame of dataset.PerFrameFunctionalGroupsSequence as Record<string, unknown>[]) {
      frame.PixelMeasuresSequence = [{ SliceThickness: 10 }];
    }
    const series = await seriesOf([dataset]);
    expect(series.pixelSpacingMm).toEqual(plain.pixelSpacingMm);
    expect(pixels(series)).toEqual(pixels(plain));
  });
});

describe('lengths that lead past the end of a file are told in plain words', () => {
  const whole = part10(change({})[0]);
  const pixelData = whole.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
  const appended = (...words: number[]): Buffer => {
    const element = Buffer.alloc(4 * words.length);
    words.forEach((word, i) => element.writeUInt32LE(word, 4 * i));
    return Buffer.concat([whole, element]);
  };
  const longer = Buffer.from(whole);
  longer.writeUInt32LE(0x7ffffff0, pixelData + 8);

  it.each<readonly [string, Buffer]>([
    ['pixels of two gigabytes', longer],
    ['half of the file', whole.subarray(0, Math.floor(whole.length / 2))],
    ['a delimiter of undefined length', appended(0xe0ddfffe, 0xffffffff)],
  ])('%s', (_, bytes) => {
    expect(() => openDicom(bytes)).toThrow(/longer than the rest of the file/);
  });
});

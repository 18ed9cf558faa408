import dcmjs from 'dcmjs';
import { syntheticReport } from '../../../testing/syntheticReport';
import { buildReport } from './buildReport';
import { buildKeyImages } from './keyImages';
import { type SourceAttributes, sourceAttributesOf, sourceAttributesOfPart10 } from './sourceAttributes';

type Element = readonly [tag: string, vr: string, bytes: string];

/** A Part 10 file of elements in ascending order, their bytes given as Latin-1. */
function part10(...elements: readonly Element[]): ArrayBuffer {
  const encoded = [['00020010', 'UI', '1.2.840.10008.1.2.1'] as const, ...elements].map(
    ([tag, vr, bytes]) => {
      const value = Buffer.from(bytes.length % 2 ? `${bytes} ` : bytes, 'latin1');
      const head = Buffer.alloc(8);
      head.writeUInt16LE(parseInt(tag.slice(0, 4), 16), 0);
      head.writeUInt16LE(parseInt(tag.slice(4), 16), 2);
      head.write(vr, 4, 'latin1');
      head.writeUInt16LE(value.length, 6);
      return Buffer.concat([head, value]);
    }
  );
  const whole = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), ...encoded]);
  return whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.length) as ArrayBuffer;
}

const nameIn = (characterSet: string | undefined, bytes: string, vr = 'PN'): string | undefined => {
  const set: readonly Element[] = characterSet === undefined ? [] : [['00080005', 'CS', characterSet]];
  return sourceAttributesOfPart10(part10(...set, ['00100010', vr, bytes])).PatientName;
};
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

const JAPANESE = 'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B';

describe('a patient name is read in its character set', () => {
  test.each([
    ['\\ISO 2022 IR 87', JAPANESE, 'Yamada^Tarou=山田^太郎=やまだ^たろう'],
    [
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎',
    ],
    ['\\ISO 2022 IR 159', 'A^B=\x1b$(D\x30\x21\x1b(B', 'A^B=丂'],
    [
      '\\ISO 2022 IR 149',
      'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    ['\\ISO 2022 IR 149', 'Hong=\xfb\xf3', 'Hong=洪'],
    ['\\ISO 2022 IR 58', 'Zhang=\x1b$)A\xd5\xc5', 'Zhang=张'],
    // The second byte of 俓 is a backslash.
    ['GB18030', '\xcd\xf5^\x82\x5c', '王^俓'],
    ['ISO_IR 144', '\xb8\xd2\xd0\xdd\xde\xd2^\xb8\xd2\xd0\xdd', 'Иванов^Иван'],
    ['ISO 2022 IR 100\\ISO 2022 IR 144', 'M\xfcller^\x1b-L\xb8\xd2\xd0\xdd', 'Müller^Иван'],
    ['ISO_IR 192', latin1('山田^太郎'), '山田^太郎'],
    ['ISO_IR 126', '\xcd\xdf\xea\xef\xf2', 'Νίκος'],
    [undefined, latin1('Müller'), 'Müller'],
    ['ISO 2022 IR 6, IS', 'M\xfcller', 'Müller'],
  ])('%s', (characterSet, bytes, expected) => expect(nameIn(characterSet, bytes)).toBe(expected));

  test.each(['PN', 'LO', 'SH', 'ST'])('also with value representation %s', vr => {
    expect(nameIn('\\ISO 2022 IR 87', JAPANESE, vr)).toBe('Yamada^Tarou=山田^太郎=やまだ^たろう');
  });
});

test.each([
  [{ Alphabetic: 'Doe^Jane', Ideographic: '山田' }, 'Doe^Jane=山田'],
  [[{ Alphabetic: 'Doe^Jane' }], 'Doe^Jane'],
  ['Doe^Jane', 'Doe^Jane'],
  [['Doe^Jane'], 'Doe^Jane'],
  [new String('Doe^Jane'), 'Doe^Jane'],
  [new Set(['Doe^Jane']), 'Doe^Jane'],
])('a host gives a name as %j', (PatientName, expected) => {
  expect(sourceAttributesOf({ PatientName }).PatientName).toBe(expected);
});

describe('values that a value representation cannot hold are not copied', () => {
  test.each<readonly [keyof SourceAttributes, string, string | undefined]>([
    ['StudyDate', 'Unknown', undefined],
    ['StudyDate', '20261332', undefined],
    ['StudyDate', '20260229', undefined],
    ['StudyDate', '20240229', '20240229'],
    ['PatientBirthDate', '1940-01-02', undefined],
    ['StudyTime', '18:41:08', undefined],
    ['StudyTime', '246060', undefined],
    ['StudyTime', '184108.123456', '184108.123456'],
    ['PatientAge', '84', undefined],
    ['PatientAge', '084Y', '084Y'],
    ['PatientSex', 'male', undefined],
    ['PatientSize', '1,75', undefined],
    ['PatientWeight', 'NaN', undefined],
    ['PatientWeight', '80.5', '80.5'],
    ['TimezoneOffsetFromUTC', 'CET', undefined],
    ['AccessionNumber', 'A'.repeat(17), undefined],
    ['AccessionNumber', 'A'.repeat(16), 'A'.repeat(16)],
    ['PatientID', 'P'.repeat(65), undefined],
    ['PatientID', 'P\x1b[31m\x00 1', 'P [31m  1'],
    ['StudyDescription', 'x'.repeat(200), 'x'.repeat(64)],
    ['StudyDescription', 'head\\neck\r\n', 'head neck'],
    ['PatientName', 'A^B^C^D^E^EXTRA^MORE', 'A^B^C^D^E'],
    ['PatientName', 'a=b=c=d', 'a=b=c'],
    ['BodyPartExamined', 'Kopf (nativ)', undefined],
    ['SOPClassUID', '1'.repeat(65), undefined],
    ['LossyImageCompressionRatio', '5\\zero', undefined],
  ])('%s %j', (keyword, value, expected) => {
    expect(sourceAttributesOf({ [keyword]: value })[keyword]).toBe(expected);
  });
});

test('SEG, SR and pictures carry the name in UTF-8', () => {
  const source = { PatientName: 'Yamada^Tarou=山田^太郎' };
  const input = syntheticReport(undefined, { source });
  const page = { width: 1, height: 1, rgb: new Uint8Array(3) };
  const { seg, sr } = buildReport(input);
  for (const { part10: bytes } of [seg, sr, ...buildKeyImages(input, [page])]) {
    expect(sourceAttributesOfPart10(bytes).PatientName).toBe(source.PatientName);
    expect(dcmjs.data.DicomMessage.readFile(bytes).dict['00080005'].Value).toEqual(['ISO_IR 192']);
  }
});

describe('what a report refers to', () => {
  const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
  const CT = '1.2.840.10008.5.1.4.1.1.2';
  const LEGACY_CT = '1.2.840.10008.5.1.4.1.1.2.2';
  const classOf = (i: number): string | undefined => [LEGACY_CT, undefined, CT][Math.min(i, 2)];

  test('is named by the class of each slice, and of the source only where that is unknown', () => {
    const whole = syntheticReport();
    const slices = whole.series.slices.map((slice, i) => ({ ...slice, sopClassUID: classOf(i) }));
    const input = {
      ...whole,
      series: { ...whole.series, slices },
      source: { SOPClassUID: SECONDARY_CAPTURE },
    };
    const { seg, sr } = buildReport(input);
    for (const { part10: bytes } of [seg, sr]) {
      const found = new Map<string, Set<string>>();
      JSON.stringify(dcmjs.data.DicomMessage.readFile(bytes).dict, (_, value) => {
        const uid = value?.['00081155']?.Value?.[0];
        if (uid !== undefined) {
          found.set(uid, (found.get(uid) ?? new Set()).add(value['00081150'].Value[0]));
        }
        return value;
      });
      slices.forEach(({ sopInstanceUID }, i) => {
        expect([...(found.get(sopInstanceUID) ?? [])]).toEqual([classOf(i) ?? SECONDARY_CAPTURE]);
      });
    }
  });

  test.each([
    ['study', { studyInstanceUID: '1.'.repeat(33) }],
    ['series', { seriesInstanceUID: '../1' }],
    ['slice', undefined],
  ])('is refused where a UID cannot be held: %s', (_, change) => {
    const input = syntheticReport();
    const slices = input.series.slices.map(slice => ({
      ...slice,
      sopInstanceUID: `${slice.sopInstanceUID}.${'7'.repeat(64)}`,
    }));
    const series = { ...input.series, ...(change ?? { slices }) };
    expect(() => buildReport({ ...input, series })).toThrow('cannot refer to the images');
  });
});

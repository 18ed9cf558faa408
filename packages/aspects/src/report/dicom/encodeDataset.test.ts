import dcmjs, { type DcmjsDict } from 'dcmjs';
import { syntheticReport } from '../../../testing/syntheticReport';
import { buildReport } from './buildReport';
import { runAtOnce } from '../steps';
import { ByteWriter } from './byteWriter';
import { encodeDataset } from './encodeDataset';

/** What dcmjs writes of the same dictionary. */
function byDcmjs(part10: ArrayBuffer): Buffer {
  const file = dcmjs.data.DicomMessage.readFile(part10);
  return Buffer.from(file.write({ fragmentMultiframe: false }));
}

describe('the encoder', () => {
  const { seg, sr } = buildReport(syntheticReport());

  // dcmjs reads text inside sequences as Latin-1, so this report is ASCII throughout.
  test.each([
    ['SEG', seg],
    ['SR', sr],
  ])('writes a %s as dcmjs does, byte for byte', (_, object) => {
    expect(Buffer.from(object.part10).equals(byDcmjs(object.part10))).toBe(true);
  });

  test.each<[string, DcmjsDict]>([
    ['text in a number', { '00280010': { vr: 'US', Value: ['x'] } }],
    ['text that is too long', { '00104000': { vr: 'LT', Value: ['x'.repeat(70_000)] } }],
    ['a value representation that nobody uses here', { '00089459': { vr: 'FL', Value: [1] } }],
  ])('refuses %s', (_, dict) => {
    expect(() => runAtOnce(encodeDataset(dict, new ByteWriter()))).toThrow(RangeError);
  });

  test('gives its thread back at each item', () => {
    const items = Array.from({ length: 50 }, (): DcmjsDict => ({ '00080100': { vr: 'SH', Value: ['A'] } }));
    const steps = encodeDataset({ '00081199': { vr: 'SQ', Value: items } }, new ByteWriter());
    expect([...steps]).toHaveLength(50);
  });
});

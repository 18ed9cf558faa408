import dcmjs from 'dcmjs';
import { syntheticReport } from '../../../testing/syntheticReport';
import { buildKeyImages, type RgbPage } from './keyImages';

/**
 * Odd in both directions, every byte another: an odd length has to be padded, and rows and
 * channels must not mix.
 */
const page = (start: number): RgbPage => ({
  width: 5,
  height: 3,
  rgb: Uint8Array.from({ length: 45 }, (_, i) => start + i),
});

/** By another library than the one that writes. */
function read(part10: ArrayBuffer) {
  const { dict } = dcmjs.data.DicomMessage.readFile(part10);
  return dcmjs.data.DicomMetaDictionary.naturalizeDataset(dict) as Record<string, unknown>;
}

test('every page is a picture of its own in one series, with the patient of the scan and the result in its name', () => {
  const input = syntheticReport();
  const objects = buildKeyImages(input, [page(0), page(100)]);
  const [first, second] = objects.map(({ part10 }) => read(part10));
  expect(first).toMatchObject({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
    Modality: 'OT',
    PatientID: 'SYN-1',
    StudyInstanceUID: input.series.studyInstanceUID,
    SeriesDescription: 'ASPECTS 8 left, hypodense 45 ml, changed by the reader',
    BurnedInAnnotation: 'YES',
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    Rows: 3,
    Columns: 5,
  });
  const pixels = (dataset: Record<string, unknown>) =>
    [...new Uint8Array((dataset.PixelData as ArrayBuffer[])[0])].slice(0, 45);
  expect(pixels(first)).toEqual([...page(0).rgb]);
  expect(pixels(second)).toEqual([...page(100).rgb]);
  expect([first.InstanceNumber, second.InstanceNumber].map(Number)).toEqual([1, 2]);
  expect(first.SeriesInstanceUID).toBe(second.SeriesInstanceUID);
  expect(first.SeriesInstanceUID).not.toBe(input.series.seriesInstanceUID);
});

test('the same pictures keep their UIDs, another one is another instance of another series', () => {
  const uids = (pages: RgbPage[]) =>
    buildKeyImages(syntheticReport(), pages).map(({ sopInstanceUID }) => sopInstanceUID);
  expect(uids([page(0), page(1)])).toEqual(uids([page(0), page(1)]));
  expect(new Set([...uids([page(0), page(1)]), ...uids([page(2), page(1)])]).size).toBe(3);
  const [same, other] = [page(1), page(2)].map(one => buildKeyImages(syntheticReport(), [page(0), one])[0]);
  expect(same.seriesInstanceUID).not.toBe(other.seriesInstanceUID);
});

test('two equal pages are two instances', () => {
  const [first, second] = buildKeyImages(syntheticReport(), [page(0), page(0)]);
  expect(first.sopInstanceUID).not.toBe(second.sopInstanceUID);
});

test('a page that does not fit its size is refused', () => {
  expect(() => buildKeyImages(syntheticReport(), [{ ...page(0), width: 6 }])).toThrow(/6 x 3/);
});

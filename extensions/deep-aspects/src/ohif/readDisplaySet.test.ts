import { headPhantom } from '@deep-aspects/aspects/testing';
import { letGoOfPixels, transferableHu } from '../inference/borrowedSlice';
import type { Cornerstone } from './host/cornerstone';
import type { DisplaySet } from './host/services';
import { readDisplaySet } from './readDisplaySet';

/** A host whose images are those of the phantom, with how often the pixels of each were asked for. */
function host({ uidOf = (uid: string) => uid, attributesOf = (_: number): object => ({}) } = {}) {
  const instances = headPhantom({ size: 64, pixelSpacingMm: 3.75, noiseHu: 4 });
  const asked = new Map<string, number>();
  const images = new Map(
    instances.map(instance => {
      const imageId = `wadors:${instance.sopInstanceUID}`;
      const stored = Int16Array.from(instance.readHu());
      const { rows, columns } = instance;
      const getPixelData = () => {
        asked.set(imageId, (asked.get(imageId) ?? 0) + 1);
        return stored;
      };
      return [imageId, { imageId, rows, columns, preScale: { scaled: true }, getPixelData, stored }];
    })
  );
  const attributes = new Map(
    instances.map((one, i) => [
      `wadors:${one.sopInstanceUID}`,
      {
        SOPInstanceUID: uidOf(one.sopInstanceUID),
        StudyInstanceUID: one.studyInstanceUID,
        SeriesInstanceUID: one.seriesInstanceUID,
        Modality: 'CT',
        ImageType: one.imageType,
        Rows: one.rows,
        Columns: one.columns,
        PixelSpacing: one.pixelSpacing,
        ImagePositionPatient: one.imagePositionPatient,
        ImageOrientationPatient: one.imageOrientationPatient,
        SliceThickness: one.sliceThickness,
        RescaleSlope: 1,
        RescaleIntercept: 0,
        ...attributesOf(i),
      },
    ])
  );
  const loadAndCacheImage = jest.fn(async (imageId: string) => images.get(imageId));
  const cornerstone = {
    imageLoader: { loadAndCacheImage },
    metaData: { get: (type: string, id: string) => (type === 'instance' ? attributes.get(id) : undefined) },
  } as unknown as Cornerstone;
  const displaySet = { imageIds: [...images.keys()] } as unknown as DisplaySet;
  const read = () =>
    readDisplaySet(cornerstone, displaySet, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
  return { read, asked, images, loadAndCacheImage };
}

const storedOf = ({ images }: ReturnType<typeof host>, uid: string) => images.get(`wadors:${uid}`)?.stored;

describe('a series that was read from the host', () => {
  it('has the pixels of its images, read once', async () => {
    const one = host();
    const { slices } = await one.read();
    expect(slices).toHaveLength(one.images.size);
    slices.forEach(slice => expect(slice.hu).toEqual(storedOf(one, slice.sopInstanceUID)));
    expect([...one.asked.values()]).toEqual(slices.map(() => 1));
  });

  it('gives its pixels to a worker and keeps none, and the host keeps its own', async () => {
    const one = host();
    const [slice] = (await one.read()).slices;
    const first = transferableHu(slice);
    structuredClone(first, { transfer: [first.buffer as ArrayBuffer] });
    expect(first).toHaveLength(0);
    const stored = storedOf(one, slice.sopInstanceUID);
    expect(stored).toHaveLength(64 * 64);
    // A second worker, and whoever draws the slice, has the host's pixels again, each an array of its own.
    const second = transferableHu(slice);
    expect(second).toEqual(stored);
    expect(second.buffer).not.toBe(stored?.buffer);
    expect(slice.hu).toEqual(stored);
    expect(slice.hu).not.toBe(slice.hu);
  });

  it('keeps none where nobody needs them now', async () => {
    const one = host();
    const series = await one.read();
    letGoOfPixels(series);
    const { hu } = series.slices[3];
    expect(hu).toEqual(storedOf(one, series.slices[3].sopInstanceUID));
    expect(series.slices[3].hu).not.toBe(hu);
  });
});

it.each<[string, string, (i: number) => object]>([
  ['a position for one image only', 'MISSING_GEOMETRY', i => (i ? { ImagePositionPatient: undefined } : {})],
  ['another modality', 'NOT_CT', () => ({ Modality: 'MR' })],
  [
    'a position in the next room',
    'IMPLAUSIBLE_GEOMETRY',
    i => (i ? {} : { ImagePositionPatient: [0, 0, 10_000] }),
  ],
  [
    'no rescale for one image',
    'HETEROGENEOUS_SLICES',
    i => (i === 3 ? { RescaleSlope: undefined, RescaleIntercept: undefined } : { RescaleIntercept: -1024 }),
  ],
])('metadata with %s are refused before a pixel is fetched: %s', async (_, code, attributesOf) => {
  const { read, loadAndCacheImage } = host({ attributesOf });
  await expect(read()).rejects.toMatchObject({ code });
  expect(loadAndCacheImage).not.toHaveBeenCalled();
});

it('pixels that were not read from a host are copied for a worker, and stay', () => {
  const hu = Int16Array.of(1, 2, 3, 4);
  const given = transferableHu({ sopInstanceUID: '1.2', position: [0, 0, 0], hu });
  structuredClone(given, { transfer: [given.buffer as ArrayBuffer] });
  expect(hu).toEqual(Int16Array.of(1, 2, 3, 4));
});

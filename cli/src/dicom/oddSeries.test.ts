import type { NaturalisedDataset } from 'dcmjs';
import { ctMetadataOfInstance } from '@deep-aspects/aspects/series';
import { findStudies } from '../score/findStudies';
import { withFitSeries } from '../score/pickSeries';
import {
  change,
  classic,
  COMMON,
  enhanced,
  folderOf,
  part10,
  PHANTOM,
  pixels,
  plain,
  refusalOf,
  seriesOf,
  SIZE,
} from './testing/phantomFiles';

describe('multi-frame (Enhanced) CT', () => {
  it('is the same series as single frames, frames named by their number', async () => {
    const series = await seriesOf([enhanced()]);
    expect(series.planeOffsetsMm).toEqual(plain.planeOffsetsMm);
    expect(series.pixelSpacingMm).toEqual(plain.pixelSpacingMm);
    expect(pixels(series)).toEqual(pixels(plain));
    expect(series.slices.map(({ sopInstanceUID }) => sopInstanceUID)).toEqual(
      PHANTOM.map((_, index) => `1.2.3.900#${PHANTOM.length - index}`)
    );
  });

  it('tells of a contrast agent that is named by a code', async () => {
    const dataset = enhanced();
    dataset.ContrastBolusAgentSequence = [
      { CodeValue: '109217001', CodingSchemeDesignator: 'SCT', CodeMeaning: 'Iohexol' },
    ];
    const { warnings } = await seriesOf([dataset]);
    expect(warnings.find(({ code }) => code === 'CONTRAST_ENHANCED')?.message).toContain('Iohexol');
  });

  it('is read to the last frame where the first bytes of its long header end with an element', async () => {
    const dataset = enhanced();
    const secondFrame = () => {
      const bytes = part10(dataset);
      const planePosition = Buffer.from([0x20, 0x00, 0x13, 0x91]);
      return bytes.indexOf(planePosition, bytes.indexOf(planePosition) + 1);
    };
    dataset.TextValue = 'y'.repeat(1000);
    dataset.TextValue = 'y'.repeat(1000 + 256 * 1024 - secondFrame());
    expect(secondFrame()).toBe(256 * 1024);
    expect(pixels(await seriesOf([dataset]))).toEqual(pixels(plain));
  });

  it('is refused where a frame has no place', async () => {
    const dataset = enhanced();
    delete (dataset.PerFrameFunctionalGroupsSequence as Record<string, unknown>[])[4].PlanePositionSequence;
    expect(await refusalOf([dataset])).toBe('MISSING_GEOMETRY');
  });

  it('is refused where its pixels are cut off', async () => {
    const dataset = enhanced();
    dataset.PixelData = (dataset.PixelData as ArrayBuffer).slice(0, 3 * SIZE * SIZE * 2);
    expect(await refusalOf([dataset])).toBe('CORRUPT_PIXELS');
  });
});

describe('a gantry tilt that the places of the images do not show', () => {
  const told = (datasets: readonly NaturalisedDataset[]) =>
    seriesOf(datasets).then(({ warnings }) =>
      warnings.filter(({ message }) => message.includes('Gantry/Detector Tilt (0018,1120) says 17'))
    );

  it('is told of single frames', async () => {
    expect(await told(change({ GantryDetectorTilt: '-17' }))).toHaveLength(1);
  });

  it('is told of the frames of Enhanced CT', async () => {
    const dataset = enhanced();
    const [shared] = dataset.SharedFunctionalGroupsSequence as Record<string, unknown>[];
    shared.CTAcquisitionDetailsSequence = [{ GantryDetectorTilt: 17 }];
    expect(await told([dataset])).toHaveLength(1);
    expect(ctMetadataOfInstance(dataset)[0].gantryDetectorTilt).toBe(17);
  });
});

describe('files as archives send them', () => {
  it('count once where they are there twice, under one UID or two', async () => {
    const datasets = change({});
    const copies = [
      ...datasets,
      ...datasets.slice(2, 5),
      { ...datasets[6], SOPInstanceUID: '1.2.3.777' } as NaturalisedDataset,
    ];
    const series = await seriesOf(copies);
    expect(pixels(series)).toEqual(pixels(plain));
    expect(series.sliceExtentsMm).toEqual(plain.sliceExtentsMm);
  });

  it('are told apart by series where two lie in one folder, and the plain one is taken', async () => {
    const other = change({ SeriesInstanceUID: '1.2.4', ContrastBolusAgent: 'Iomeprol' }).map(
      dataset => ({ ...dataset, SOPInstanceUID: `${dataset.SOPInstanceUID}.4` }) as NaturalisedDataset
    );
    const mixed = change({}).flatMap((dataset, index) => [other[index], dataset]);
    const [study] = findStudies([folderOf(mixed)]).studies;
    const taken = await withFitSeries(study, undefined, async series => series);
    expect(taken.seriesInstanceUID).toBe('1.2.3');
    expect(pixels(taken)).toEqual(pixels(plain));
  });

  it.each([
    ['on every slice', undefined],
    ['on one slice', 4],
  ])('are refused without Image Position (Patient) %s', async (_, at) => {
    expect(await refusalOf(change({ ImagePositionPatient: undefined }, at))).toBe('MISSING_GEOMETRY');
  });

  it('hold HU where they have no rescale, if that is what their air says', async () => {
    const without = { RescaleSlope: undefined, RescaleIntercept: undefined };
    expect(pixels(await seriesOf(change(without)))).toEqual(pixels(plain));
    const raised = PHANTOM.map(instance => ({
      ...classic({ ...instance, readHu: () => Int16Array.from(instance.readHu(), value => value + 1024) }),
    })).map(({ RescaleSlope: _slope, RescaleIntercept: _intercept, ...rest }) => rest as NaturalisedDataset);
    expect(await refusalOf(raised)).toBe('CORRUPT_PIXELS');
  });

  it.each([
    ['nan', undefined],
    ['Infinity', 3],
    ['one', undefined],
  ])('are refused with Rescale Slope "%s"', async (RescaleSlope, at) => {
    expect(
      await refusalOf(change({ RescaleSlope, _vrMap: { ...COMMON._vrMap, RescaleSlope: 'LO' } }, at))
    ).toBe('CORRUPT_PIXELS');
  });

  it('have air where they are padded, also at the far end of unsigned 16 bits', async () => {
    const corner = (value: number, background: number) => (_: unknown, i: number) =>
      i % SIZE < 6 && i < 6 * SIZE ? value : background;
    const padded = PHANTOM.map(instance => {
      const hu = instance.readHu();
      return {
        ...classic(instance),
        PixelRepresentation: 0,
        PixelPaddingValue: 63536,
        RescaleIntercept: -1024,
        PixelData: Uint16Array.from(hu, (value, i) => corner(63536, value + 1024)(value, i)).buffer,
      } as unknown as NaturalisedDataset;
    });
    const series = await seriesOf(padded);
    expect([series.slices[4].hu[0], series.slices[4].hu[SIZE * 30 + 32]]).toEqual([
      -1024,
      plain.slices[4].hu[SIZE * 30 + 32],
    ]);
  });

  it.each([
    ['-3024 in signed', 1, -3024, 0],
    ['63536 in unsigned', 0, 63536, -1024],
  ])(
    'have air where they are padded with more than the 12 stored bits: %s',
    async (_, sign, padding, intercept) => {
      const padded = PHANTOM.map(
        instance =>
          ({
            ...classic(instance),
            BitsStored: 12,
            HighBit: 11,
            PixelRepresentation: sign,
            PixelPaddingValue: padding & 0xffff,
            RescaleIntercept: intercept,
            PixelData: Uint16Array.from(instance.readHu(), (value, i) =>
              i % SIZE < 6 && i < 6 * SIZE ? padding & 0xffff : (value - intercept) & 0xfff
            ).buffer,
          }) as unknown as NaturalisedDataset
      );
      const { slices } = await seriesOf(padded);
      expect([slices[4].hu[0], slices[4].hu[SIZE * 30 + 32]]).toEqual([
        -1024,
        plain.slices[4].hu[SIZE * 30 + 32],
      ]);
    }
  );
});

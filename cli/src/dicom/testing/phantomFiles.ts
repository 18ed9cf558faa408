import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dcmjs, { type NaturalisedDataset } from 'dcmjs';
import { buildHeadCtSeries, type CtInstance, Refusal } from '@deep-aspects/aspects/series';
import { headPhantom } from '@deep-aspects/aspects/testing';
import { findStudies } from '../../score/findStudies';
import { loadDicomSeries } from '../dicomSeries';

/** A small head every 10 mm, as classic single-frame CT: what the odd series below are made from. */
export const SIZE = 64;
export const PHANTOM = headPhantom({
  size: SIZE,
  pixelSpacingMm: 3.5,
  heightsMm: Array.from({ length: 9 }, (_, i) => -40 + 10 * i),
});
const ENHANCED_CT = '1.2.840.10008.5.1.4.1.1.2.1';

export function part10(dataset: NaturalisedDataset): Buffer {
  const file = dcmjs.data.datasetToDict({ ...dataset, _meta: {} });
  return Buffer.from(file.write({ fragmentMultiframe: false }));
}

export const COMMON = {
  _vrMap: { PixelData: 'OW', PixelPaddingValue: 'US' },
  StudyInstanceUID: '1.2',
  SeriesInstanceUID: '1.2.3',
  Modality: 'CT',
  ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  Rows: SIZE,
  Columns: SIZE,
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 1,
};

export function classic(instance: CtInstance): NaturalisedDataset {
  return {
    ...COMMON,
    SOPClassUID: instance.sopClassUID,
    SOPInstanceUID: instance.sopInstanceUID,
    PixelSpacing: instance.pixelSpacing,
    SliceThickness: 10,
    ImagePositionPatient: instance.imagePositionPatient,
    ImageOrientationPatient: instance.imageOrientationPatient,
    InstanceNumber: instance.instanceNumber,
    RescaleSlope: 1,
    RescaleIntercept: 0,
    PixelData: Int16Array.from(instance.readHu()).buffer,
  } as unknown as NaturalisedDataset;
}

/** All slices as frames of one instance, cranial first; the stored values are 1024 above HU. */
export function enhanced(): NaturalisedDataset {
  const frames = [...PHANTOM].reverse();
  const stored = frames.flatMap(frame => Array.from(frame.readHu(), value => value + 1024));
  return {
    ...COMMON,
    SOPClassUID: ENHANCED_CT,
    SOPInstanceUID: '1.2.3.900',
    NumberOfFrames: frames.length,
    SharedFunctionalGroupsSequence: [
      {
        PixelMeasuresSequence: [{ PixelSpacing: PHANTOM[0].pixelSpacing, SliceThickness: 10 }],
        PlaneOrientationSequence: [{ ImageOrientationPatient: PHANTOM[0].imageOrientationPatient }],
        PixelValueTransformationSequence: [{ RescaleIntercept: -1024, RescaleSlope: 1, RescaleType: 'HU' }],
        CTReconstructionSequence: [{ ConvolutionKernel: 'H30s' }],
      },
    ],
    PerFrameFunctionalGroupsSequence: frames.map(frame => ({
      PlanePositionSequence: [{ ImagePositionPatient: frame.imagePositionPatient }],
      CTImageFrameTypeSequence: [{ FrameType: ['ORIGINAL', 'PRIMARY', 'VOLUME', 'NONE'] }],
    })),
    PixelData: Int16Array.from(stored).buffer,
  } as unknown as NaturalisedDataset;
}

export function folderOf(datasets: readonly NaturalisedDataset[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
  datasets.forEach((dataset, index) => writeFileSync(join(folder, `image${index}`), part10(dataset)));
  return folder;
}

export const files = (folder: string): readonly string[] =>
  findStudies([folder]).studies.flatMap(study =>
    study.kind === 'dicom' ? study.series.flatMap(series => series.files) : []
  );

export const seriesOf = async (datasets: readonly NaturalisedDataset[]) =>
  buildHeadCtSeries(await loadDicomSeries(files(folderOf(datasets))));

export async function refusalOf(datasets: readonly NaturalisedDataset[]): Promise<string> {
  try {
    await seriesOf(datasets);
  } catch (thrown) {
    if (thrown instanceof Refusal) {
      return thrown.code;
    }
    throw thrown;
  }
  throw new Error('the series was accepted');
}

export const plain = buildHeadCtSeries(PHANTOM);
export const pixels = (series: { readonly slices: readonly { readonly hu: Int16Array }[] }) =>
  series.slices.map(({ hu }) => Buffer.from(hu.buffer).toString('base64'));
export const change = (changes: Record<string, unknown>, at?: number) =>
  PHANTOM.map((instance, index) => {
    const dataset = { ...classic(instance), ...(at === undefined || at === index ? changes : {}) };
    return Object.fromEntries(Object.entries(dataset).filter(([, value]) => value !== undefined));
  }) as unknown as NaturalisedDataset[];

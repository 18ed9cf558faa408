import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import dcmjs from 'dcmjs';
import { buildHeadCtSeries } from '../series/buildHeadCtSeries';
import type { CtInstance } from '../series/ctInstance';
import { storedValuesToHu } from '../series/storedValuesToHu';
import { findBrain } from './preprocessing/findBrain';
import { findHeadFrame } from './preprocessing/headFrame';
import { hasRealScans, PHANTOM_STUDY, REAL_HEAD_CT } from '../../testing/realScans';
import { refusalOf } from '../../testing/refusalOf';

if (!hasRealScans) {
  if (process.env.CI) {
    throw new Error(`${REAL_HEAD_CT} or ${PHANTOM_STUDY} is missing`);
  }
  console.warn('Skipped: no real scans (CONTRIBUTING.md)');
}

type DataSet = Readonly<Record<string, unknown>>;

function readInstances(folder: string): CtInstance[] {
  return readdirSync(folder).map(name => {
    const bytes = readFileSync(join(folder, name));
    const file = dcmjs.data.DicomMessage.readFile(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
    );
    return toInstance(dcmjs.data.DicomMetaDictionary.naturalizeDataset(file.dict) as DataSet);
  });
}

function toInstance(d: DataSet): CtInstance {
  const text = (key: string): string | undefined => (d[key] === undefined ? undefined : String(d[key]));
  const number = (key: string): number | undefined => (d[key] === undefined ? undefined : Number(d[key]));
  const numbers = (key: string): never => (d[key] as unknown[] | undefined)?.map(Number) as never;
  return {
    sopInstanceUID: text('SOPInstanceUID') as string,
    studyInstanceUID: text('StudyInstanceUID') as string,
    seriesInstanceUID: text('SeriesInstanceUID') as string,
    sopClassUID: text('SOPClassUID'),
    modality: text('Modality'),
    imageType: d.ImageType as string[] | undefined,
    convolutionKernel: text('ConvolutionKernel'),
    rows: number('Rows'),
    columns: number('Columns'),
    pixelSpacing: numbers('PixelSpacing'),
    imagePositionPatient: numbers('ImagePositionPatient'),
    imageOrientationPatient: numbers('ImageOrientationPatient'),
    gantryDetectorTilt: number('GantryDetectorTilt'),
    sliceThickness: number('SliceThickness'),
    samplesPerPixel: number('SamplesPerPixel'),
    readHu: () => {
      const bytes = (d.PixelData as ArrayBuffer[])[0];
      return storedValuesToHu({
        stored: d.PixelRepresentation ? new Int16Array(bytes) : new Uint16Array(bytes),
        slope: number('RescaleSlope'),
        intercept: number('RescaleIntercept'),
        padding: number('PixelPaddingValue'),
        rows: d.Rows as number,
        columns: d.Columns as number,
      });
    },
  };
}

(hasRealScans ? describe : describe.skip)('real scans', () => {
  test('a tilted head with two slice thicknesses: geometry, brain and head frame', () => {
    const series = buildHeadCtSeries(readInstances(REAL_HEAD_CT).reverse());
    expect(series.gantryTiltDeg).toBeCloseTo(18.5, 1);
    expect(series.sliceExtentsMm[3]).toBeCloseTo(4.22 * Math.cos((18.5 * Math.PI) / 180), 2);
    expect(series.sliceExtentsMm[20]).toBeCloseTo(7.38 * Math.cos((18.5 * Math.PI) / 180), 2);
    expect(series.warnings.map(({ code }) => code)).toEqual(['THICK_SLICES']);
    const brain = findBrain(series);
    expect(brain.slices).toEqual(Array.from({ length: 21 }, (_, i) => 5 + i));
    const frame = findHeadFrame(brain);
    // Read off the images: falx and septum pellucidum lie on this line, turned by about ten degrees.
    expect((frame.angleRad * 180) / Math.PI).toBeGreaterThan(-12);
    expect((frame.angleRad * 180) / Math.PI).toBeLessThan(-8);
  });

  test.each([
    ['std-brain-5mm', 'NO_BRAIN'],
    ['localizer', 'LOCALIZER'],
    ['exam-summary', 'SECONDARY_CAPTURE'],
  ])('%s is refused: %s', (folder, code) => {
    expect(
      refusalOf(() => findBrain(buildHeadCtSeries(readInstances(join(PHANTOM_STUDY, folder)))))?.code
    ).toBe(code);
  });
});

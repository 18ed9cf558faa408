import type { NaturalisedDataset } from 'dcmjs';
import { runAtOnce, type Steps } from '../steps';
import { resultDescription } from '../text/resultDescription';
import type { DicomObject, ReportInput } from '../types';
import { equipment, patientAndStudy, sopCommon } from './modules';
import { part10Steps } from './serialise';
import { contentUid, contentUidSteps } from './uid';

/**
 * Single-frame Secondary Capture Image Storage: the one picture class that every archive and viewer shows.
 */
const SECONDARY_CAPTURE_STORAGE = '1.2.840.10008.5.1.4.1.1.7';

/** A picture: three bytes (red, green, blue) per pixel, row by row. */
export interface RgbPage {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/**
 * The pictures that close an automatic reading: the last one's UID was known before (`outcomeUid`), and each
 * SR has one series.
 */
export interface ClosingIdentity {
  readonly sopInstanceUID: string;
  readonly srSopInstanceUID: string;
}

/**
 * Pictures of a result as Secondary Capture images (PS3.3 A.8.1) of one series, for hosts that show neither
 * SEG nor SR. The UIDs are made from the pictures: the same pictures of the same series are the same
 * instances. Throws RangeError for a page whose pixels do not fit its size.
 */
export function buildKeyImages(
  input: ReportInput,
  pages: readonly RgbPage[],
  closing?: ClosingIdentity
): DicomObject[] {
  return runAtOnce(keyImageSteps(input, pages, closing));
}

/** `buildKeyImages` in short steps. */
export function* keyImageSteps(
  input: ReportInput,
  pages: readonly RgbPage[],
  closing?: ClosingIdentity
): Steps<DicomObject[]> {
  const sops: string[] = [];
  for (const [index, page] of pages.entries()) {
    assertPageFits(page);
    sops.push(
      yield* contentUidSteps('key-image', input.series.seriesInstanceUID, `${index} ${page.width}`, page.rgb)
    );
  }
  if (closing) {
    sops[sops.length - 1] = closing.sopInstanceUID;
  }
  const series = contentUid('key-image-series', ...(closing ? [closing.srSopInstanceUID] : sops));
  const objects: DicomObject[] = [];
  for (const [index, page] of pages.entries()) {
    objects.push({
      kind: 'SC',
      studyInstanceUID: input.series.studyInstanceUID,
      seriesInstanceUID: series,
      sopClassUID: SECONDARY_CAPTURE_STORAGE,
      sopInstanceUID: sops[index],
      part10: yield* part10Steps(pageDataset(input, page, { index, sop: sops[index], series })),
    });
  }
  return objects;
}

/** A page from a canvas's pixels, without their alpha byte. */
export function rgbPage(rgba: Uint8ClampedArray, width: number, height: number): RgbPage {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let pixel = 0; pixel < rgba.length / 4; pixel++) {
    rgb.set(rgba.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  }
  return { width, height, rgb };
}

function assertPageFits({ width, height, rgb }: RgbPage): void {
  if (rgb.length !== width * height * 3) {
    throw new RangeError(`A page of ${width} x ${height} pixels has ${rgb.length} bytes`);
  }
}

function pageDataset(
  input: ReportInput,
  { width, height, rgb }: RgbPage,
  { index, sop, series }: { index: number; sop: string; series: string }
): NaturalisedDataset {
  return {
    ...patientAndStudy(input),
    ...equipment(input),
    ...sopCommon(input, { sopClass: SECONDARY_CAPTURE_STORAGE, sop, series }),
    // Not CT: whoever looks for scans to read must not find pictures of a reading.
    Modality: 'OT',
    ConversionType: 'WSD',
    SeriesNumber: '9003',
    InstanceNumber: String(index + 1),
    SeriesDescription: resultDescription(input.result, Boolean(input.edited?.infarct)),
    ImageType: ['DERIVED', 'SECONDARY'],
    DerivationDescription: 'ASPECTS regions and infarct drawn on CT slices. Research use only.',
    // An unpaired part: without it a laterality would be required.
    BodyPartExamined: 'HEAD',
    PatientOrientation: '',
    BurnedInAnnotation: 'YES',
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    Rows: height,
    Columns: width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: [rgb.slice().buffer],
    _vrMap: { PixelData: 'OB' },
  };
}

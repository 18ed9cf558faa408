import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import dcmjs, { type NaturalisedDataset } from 'dcmjs';

const { DicomDict, DicomMessage, DicomMetaDictionary } = dcmjs.data;
const ENHANCED_CT = '1.2.840.10008.5.1.4.1.1.2.1';

/**
 * Calls `use` with a folder that holds the slices of another one, compressed ones, as one Enhanced CT,
 * stored from cranial to caudal.
 */
export function asEnhancedCt<T>(folder: string, use: (enhanced: string) => T): T {
  const target = mkdtempSync(path.join(tmpdir(), 'deep-aspects-enhanced-'));
  try {
    const slices = readdirSync(folder)
      .filter(name => name.endsWith('.dcm'))
      .map(name => sliceOf(readFileSync(path.join(folder, name))));
    const height = ({ dataset }: Slice) => Number((dataset.ImagePositionPatient as unknown[])[2]);
    slices.sort((a, b) => height(b) - height(a));
    const [{ transferSyntaxUID }] = slices;
    writeFileSync(
      path.join(target, 'enhanced.dcm'),
      part10(enhanced(slices.map(({ dataset }) => dataset)), transferSyntaxUID)
    );
    return use(target);
  } finally {
    rmSync(target, { recursive: true });
  }
}

interface Slice {
  readonly dataset: NaturalisedDataset;
  readonly transferSyntaxUID: string;
}

function sliceOf(file: Buffer): Slice {
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
  const { dict, meta } = DicomMessage.readFile(bytes);
  return {
    dataset: DicomMetaDictionary.naturalizeDataset(dict) as NaturalisedDataset,
    transferSyntaxUID: String(meta['00020010'].Value?.[0]),
  };
}

/** Functional groups of PS3.3 A.38.1.4 as far as geometry and attenuation need them. */
function enhanced(slices: readonly NaturalisedDataset[]): NaturalisedDataset {
  const [first] = slices;
  const { ImagePositionPatient: _, InstanceNumber: __, SliceLocation: ___, ...common } = first;
  return {
    ...common,
    SOPClassUID: ENHANCED_CT,
    SOPInstanceUID: `${String(first.SeriesInstanceUID)}.900`,
    NumberOfFrames: String(slices.length),
    SharedFunctionalGroupsSequence: [
      {
        PixelMeasuresSequence: [{ PixelSpacing: first.PixelSpacing, SliceThickness: first.SliceThickness }],
        PlaneOrientationSequence: [{ ImageOrientationPatient: first.ImageOrientationPatient }],
        PixelValueTransformationSequence: [
          {
            RescaleIntercept: first.RescaleIntercept,
            RescaleSlope: first.RescaleSlope,
            RescaleType: 'HU',
          },
        ],
      },
    ],
    PerFrameFunctionalGroupsSequence: slices.map(slice => ({
      PlanePositionSequence: [{ ImagePositionPatient: slice.ImagePositionPatient }],
    })),
    // One fragment a frame, compressed as it is.
    PixelData: slices.map(slice => (slice.PixelData as ArrayBuffer[])[0]),
    _vrMap: { PixelData: 'OB' },
  };
}

function part10(dataset: NaturalisedDataset, transferSyntaxUID: string): Buffer {
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({
      MediaStorageSOPClassUID: dataset.SOPClassUID,
      MediaStorageSOPInstanceUID: dataset.SOPInstanceUID,
      TransferSyntaxUID: transferSyntaxUID,
    })
  );
  file.dict = DicomMetaDictionary.denaturalizeDataset(dataset);
  return Buffer.from(file.write({ fragmentMultiframe: false }));
}

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import dcmjs, { type NaturalisedDataset } from 'dcmjs';

const { DicomDict, DicomMessage, DicomMetaDictionary } = dcmjs.data;
const ENHANCED_CT = '1.2.840.10008.5.1.4.1.1.2.1';
const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** Calls `use` with a folder that holds the slices of another one as one Enhanced CT, stored from cranial to caudal. */
export function asEnhancedCt<T>(folder: string, use: (enhanced: string) => T): T {
  const target = mkdtempSync(path.join(tmpdir(), 'deep-aspects-enhanced-'));
  try {
    const slices = readdirSync(folder)
      .filter(name => name.endsWith('.dcm'))
      .map(name => datasetOf(readFileSync(path.join(folder, name))));
    const height = (slice: NaturalisedDataset) => Number((slice.ImagePositionPatient as unknown[])[2]);
    slices.sort((a, b) => height(b) - height(a));
    writeFileSync(path.join(target, 'enhanced.dcm'), part10(enhanced(slices)));
    return use(target);
  } finally {
    rmSync(target, { recursive: true });
  }
}

function datasetOf(file: Buffer): NaturalisedDataset {
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
  return DicomMetaDictionary.naturalizeDataset(DicomMessage.readFile(bytes).dict) as NaturalisedDataset;
}

/** Functional groups of PS3.3 A.38.1.4 as far as geometry and attenuation need them. */
function enhanced(slices: readonly NaturalisedDataset[]): NaturalisedDataset {
  const [first] = slices;
  const { ImagePositionPatient: _, InstanceNumber: __, SliceLocation: ___, ...common } = first;
  const pixels = slices.map(slice => Buffer.from((slice.PixelData as ArrayBuffer[])[0]));
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
    PixelData: [new Uint8Array(Buffer.concat(pixels)).buffer],
    _vrMap: { PixelData: 'OW' },
  };
}

function part10(dataset: NaturalisedDataset): Buffer {
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({
      MediaStorageSOPClassUID: dataset.SOPClassUID,
      MediaStorageSOPInstanceUID: dataset.SOPInstanceUID,
      TransferSyntaxUID: EXPLICIT_VR_LITTLE_ENDIAN,
    })
  );
  file.dict = DicomMetaDictionary.denaturalizeDataset(dataset);
  return Buffer.from(file.write({ fragmentMultiframe: false }));
}

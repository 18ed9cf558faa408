import dcmjs, { type DcmjsDict, type NaturalisedDataset } from 'dcmjs';

export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** Root from a UUID (PS3.5 B.2): names this implementation in the file meta information. */
const IMPLEMENTATION_CLASS_UID = '2.25.70093783603788705561239572164984988443';
const IMPLEMENTATION_VERSION_NAME = 'DEEP_ASPECTS_1';

/**
 * A naturalised dataset as a Part 10 file, Explicit VR Little Endian.
 * @param privateElements Further elements by tag; their private creator has to be among them.
 */
export function part10Of(dataset: NaturalisedDataset, privateElements: DcmjsDict = {}): ArrayBuffer {
  const { DicomDict, DicomMetaDictionary } = dcmjs.data;
  const version = new Uint8Array([0, 1]);
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({
      FileMetaInformationVersion: version.buffer,
      MediaStorageSOPClassUID: dataset.SOPClassUID,
      MediaStorageSOPInstanceUID: dataset.SOPInstanceUID,
      TransferSyntaxUID: EXPLICIT_VR_LITTLE_ENDIAN,
      ImplementationClassUID: IMPLEMENTATION_CLASS_UID,
      ImplementationVersionName: IMPLEMENTATION_VERSION_NAME,
    })
  );
  file.dict = { ...DicomMetaDictionary.denaturalizeDataset(dataset), ...privateElements };
  return file.write({ fragmentMultiframe: false });
}

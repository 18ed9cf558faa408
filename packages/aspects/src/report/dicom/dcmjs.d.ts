/** The part of dcmjs that the project uses; the package ships no types. */
declare module 'dcmjs' {
  /** DICOM JSON-like element as dcmjs keeps it, keyed by `GGGGEEEE`. */
  export interface DcmjsElement {
    vr: string;
    Value?: unknown[];
  }
  export type DcmjsDict = Record<string, DcmjsElement>;
  export type NaturalisedDataset = Record<string, unknown>;

  class DicomDict {
    constructor(meta: DcmjsDict);
    meta: DcmjsDict;
    dict: DcmjsDict;
    write(options?: { allowInvalidVRLength?: boolean; fragmentMultiframe?: boolean }): ArrayBuffer;
  }

  const dcmjs: {
    data: {
      DicomDict: typeof DicomDict;
      /** With file meta information, little endian unless `_meta` names another transfer syntax. */
      datasetToDict(dataset: NaturalisedDataset & { _meta: NaturalisedDataset }): DicomDict;
      DicomMessage: {
        readFile(part10: ArrayBuffer, options?: { ignoreErrors?: boolean; untilTag?: string }): DicomDict;
      };
      /** sRGB (0-1) to DICOM's 16-bit CIELab (PS3.3 C.10.7.1.1). */
      Colors: { rgb2DICOMLAB(rgb: readonly number[]): number[] };
      DicomMetaDictionary: {
        /** Data elements of PS3.6 by `(GGGG,EEEE)`. */
        dictionary: Readonly<Record<string, { vr: string } | undefined>>;
        /** The same by keyword. */
        nameMap: Readonly<Record<string, { tag: string } | undefined>>;
        naturalizeDataset(dict: DcmjsDict): NaturalisedDataset;
        denaturalizeDataset(dataset: NaturalisedDataset): DcmjsDict;
      };
    };
    log: { setLevel(level: string): void };
  };
  export default dcmjs;
}

/** The part of dcmjs that the embedded store reads DICOM with. */
declare module 'dcmjs' {
  interface Element {
    readonly vr: string;
    readonly Value?: readonly unknown[];
  }

  type DataSet = Record<string, Element>;

  interface DicomDict {
    readonly meta: DataSet;
    readonly dict: DataSet;
  }

  const dcmjs: {
    readonly data: {
      readonly DicomMessage: {
        readFile(bytes: ArrayBuffer, options?: { ignoreErrors?: boolean; untilTag?: string }): DicomDict;
      };
    };
    readonly log: { setLevel(level: string | number): void };
  };
  export default dcmjs;
}

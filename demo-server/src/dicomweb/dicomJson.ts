/** DICOM JSON model (PS3.18 Annex F): elements keyed by tag, as eight upper-case hexadecimal digits. */
export type DicomJson = Readonly<Record<string, DicomJsonElement>>;

export interface DicomJsonElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

/** An element as dcmjs parses it. */
export interface ParsedElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
}

export type ParsedDataSet = Readonly<Record<string, ParsedElement>>;

export const TAG = {
  transferSyntax: '00020010',
  sopClass: '00080016',
  sopInstance: '00080018',
  studyDate: '00080020',
  studyTime: '00080030',
  accession: '00080050',
  retrieveUrl: '00081190',
  modality: '00080060',
  modalitiesInStudy: '00080061',
  studyDescription: '00081030',
  seriesDescription: '0008103E',
  patientName: '00100010',
  patientId: '00100020',
  studyInstance: '0020000D',
  seriesInstance: '0020000E',
  seriesNumber: '00200011',
  instanceNumber: '00200013',
  pixelRepresentation: '00280103',
  numberOfFrames: '00280008',
  rows: '00280010',
  columns: '00280011',
  samplesPerPixel: '00280002',
  bitsAllocated: '00280100',
  pixelData: '7FE00010',
} as const;

const BINARY = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'UN', 'ox']);

/** `bulkData`: address to give in place of the pixels, which are never inlined. */
export function toDicomJson(dataSet: ParsedDataSet, bulkData: string): DicomJson {
  const signed = Number(dataSet[TAG.pixelRepresentation]?.Value?.[0]) === 1;
  const json: Record<string, DicomJsonElement> = {};
  for (const [tag, element] of Object.entries(dataSet)) {
    json[tag] =
      tag === TAG.pixelData ? { vr: 'OW', BulkDataURI: bulkData } : convert(element, signed, bulkData);
  }
  return json;
}

function convert({ vr, Value }: ParsedElement, signed: boolean, bulkData: string): DicomJsonElement {
  if (vr === 'SQ') {
    return { vr, Value: (Value ?? []).map(item => toDicomJson(item as ParsedDataSet, bulkData)) };
  }
  if (BINARY.has(vr)) {
    const bytes = Value?.find(value => value instanceof ArrayBuffer) as ArrayBuffer | undefined;
    return {
      vr: vr === 'ox' ? 'OW' : vr,
      ...(bytes ? { InlineBinary: Buffer.from(bytes).toString('base64') } : {}),
    };
  }
  const values = (Value ?? []).map(value => convertValue(vr, value));
  const ambiguous = vr === 'xs' ? (signed ? 'SS' : 'US') : vr;
  return values.some(value => value !== null) ? { vr: ambiguous, Value: values } : { vr: ambiguous };
}

function convertValue(vr: string, value: unknown): unknown {
  if (value === undefined || value === null || value === '' || Number.isNaN(value)) {
    return null;
  }
  if (vr === 'AT' && typeof value === 'number') {
    return value.toString(16).toUpperCase().padStart(8, '0');
  }
  if (typeof value === 'bigint') {
    return value.toString();
  }
  if (vr === 'PN') {
    return typeof value === 'string' ? { Alphabetic: value } : value;
  }
  // dcmjs gives String objects for some values; JSON and comparisons want primitives.
  return value instanceof String ? value.toString().trim() : value;
}

/** First value of an element as text; names give their alphabetic form; empty where there is none. */
export function text(json: DicomJson, tag: string): string {
  const value = json[tag]?.Value?.[0];
  if (value && typeof value === 'object' && 'Alphabetic' in value) {
    return String((value as { Alphabetic: unknown }).Alphabetic);
  }
  return value === undefined || value === null ? '' : String(value);
}

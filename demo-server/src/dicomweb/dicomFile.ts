import dcmjs from 'dcmjs';
import { TAG, text, toDicomJson, type DicomJson, type ParsedDataSet } from './dicomJson';

dcmjs.log.setLevel('error');

/** Explicit and implicit little endian and explicit big endian: pixels that are stored as they are. */
const NATIVE = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2']);

/** What identifies an instance, and its attributes without the pixels. */
export interface DicomInstance {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  readonly attributes: DicomJson;
}

/** The bytes are not a DICOM instance that can be kept; the message says why. */
export class NotDicomError extends Error {
  override readonly name = 'NotDicomError';
}

/** True for a dotted decimal UID of at most 64 characters; such a string is also a safe file name. */
export function isUid(value: string): boolean {
  return value.length <= 64 && /^\d+(\.\d+)*$/.test(value);
}

/** `bulkData(uids)`: the address of the pixels. Throws `NotDicomError`. */
export function readInstance(
  bytes: Buffer,
  bulkData: (instance: Omit<DicomInstance, 'attributes' | 'transferSyntaxUID'>) => string
): DicomInstance {
  const { meta, dict } = parse(bytes);
  const bare = toDicomJson(dict, '');
  const [studyInstanceUID, seriesInstanceUID, sopInstanceUID] = [
    TAG.studyInstance,
    TAG.seriesInstance,
    TAG.sopInstance,
  ].map(tag => text(bare, tag));
  for (const [name, uid] of Object.entries({ studyInstanceUID, seriesInstanceUID, sopInstanceUID })) {
    if (!isUid(uid)) {
      throw new NotDicomError(`${name} is missing or not a UID: "${uid}"`);
    }
  }
  const uids = { studyInstanceUID, seriesInstanceUID, sopInstanceUID };
  const transferSyntaxUID = text(toDicomJson(meta, ''), TAG.transferSyntax) || '1.2.840.10008.1.2';
  const attributes: Record<string, DicomJson[string]> = { ...bare };
  if (bare[TAG.pixelData]) {
    attributes[TAG.pixelData] = { vr: 'OW', BulkDataURI: bulkData(uids) };
  }
  // OHIF reads the available transfer syntax from here; it is a group 8 attribute of the web service, not of the file.
  attributes['00083002'] = { vr: 'UI', Value: [transferSyntaxUID] };
  return { ...uids, transferSyntaxUID, attributes };
}

/** The bytes of each frame as they are in the file: compressed ones stay compressed. Throws `NotDicomError`. */
export function readFrames(bytes: Buffer): Buffer[] {
  const { meta, dict } = parse(bytes);
  const json = toDicomJson(dict, '');
  const pixels = (dict[TAG.pixelData]?.Value ?? []).filter(
    value => value instanceof ArrayBuffer
  ) as ArrayBuffer[];
  if (!pixels.length) {
    return [];
  }
  if (!NATIVE.has(text(toDicomJson(meta, ''), TAG.transferSyntax) || '1.2.840.10008.1.2')) {
    return pixels.map(frame => Buffer.from(frame));
  }
  const count = Number(text(json, TAG.numberOfFrames)) || 1;
  const [rows, columns, samples, bits] = [TAG.rows, TAG.columns, TAG.samplesPerPixel, TAG.bitsAllocated].map(
    tag => Number(text(json, tag))
  );
  const all = Buffer.from(pixels[0]);
  const frameBits = rows * columns * samples * bits;
  if (frameBits % 8 !== 0 && count > 1) {
    return unalignedFrames(all, frameBits, count);
  }
  const size = frameBits / 8;
  return Array.from({ length: count }, (_, index) => all.subarray(index * size, (index + 1) * size));
}

/** Binary segmentations pack eight pixels a byte, and a frame may start inside one (PS3.5 8.1.1). */
function unalignedFrames(all: Buffer, frameBits: number, count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const frame = Buffer.alloc(Math.ceil(frameBits / 8));
    for (let bit = 0; bit < frameBits; bit += 1) {
      const source = index * frameBits + bit;
      frame[bit >> 3] |= ((all[source >> 3] >> (source & 7)) & 1) << (bit & 7);
    }
    return frame;
  });
}

function parse(bytes: Buffer): { meta: ParsedDataSet; dict: ParsedDataSet } {
  if (bytes.length < 132 || bytes.toString('latin1', 128, 132) !== 'DICM') {
    throw new NotDicomError('not a DICOM file: the DICM mark is missing');
  }
  try {
    const copy = new Uint8Array(bytes).buffer;
    return dcmjs.data.DicomMessage.readFile(copy);
  } catch (error) {
    throw new NotDicomError(`damaged DICOM file: ${error instanceof Error ? error.message : String(error)}`);
  }
}

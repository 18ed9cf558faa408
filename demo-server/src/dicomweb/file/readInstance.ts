import { isStandard, TAG } from './dictionary';
import { text, toDicomJson, type DicomJson, type DicomJsonElement } from './dicomJson';
import { locateFrames, type FrameTable } from './locateFrames';
import { NotDicomError } from './notDicomError';
import { BIG_ENDIAN, openPart10 } from './openPart10';

export interface InstanceUids {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/** What the store keeps of an instance in memory. */
export interface DicomInstance extends InstanceUids {
  readonly transferSyntaxUID: string;
  /** What queries match and answer: the short attributes of the data set's top level. */
  readonly attributes: DicomJson;
  /** Bytes before the pixels. */
  readonly headerLength: number;
  readonly frames?: FrameTable;
}

/** Longer values are no key of a query. */
const MAX_ATTRIBUTE_LENGTH = 256;

/** True for a dotted decimal UID of at most 64 characters; such a string is also a safe file name. */
export function isFileSafeUid(value: string): boolean {
  return value.length <= 64 && /^\d+(\.\d+)*$/.test(value);
}

/** Reads all that the store needs, and finds out whether the file is whole. Throws `NotDicomError`. */
export function readInstance(file: Buffer): DicomInstance {
  const part10 = openPart10(file);
  const { transferSyntaxUID, headerLength } = part10;
  const whole = toDicomJson(part10.dataSet, '', transferSyntaxUID === BIG_ENDIAN);
  const uids = {
    studyInstanceUID: text(whole, TAG.studyInstance),
    seriesInstanceUID: text(whole, TAG.seriesInstance),
    sopInstanceUID: text(whole, TAG.sopInstance),
  };
  for (const [name, uid] of Object.entries({ ...uids, transferSyntaxUID })) {
    if (!isFileSafeUid(uid)) {
      throw new NotDicomError(`${name} is missing or not a UID: ${JSON.stringify(uid.slice(0, 70))}`);
    }
  }
  const frames = locateFrames(part10);
  return {
    ...uids,
    transferSyntaxUID,
    attributes: shortOnes(whole, transferSyntaxUID),
    headerLength,
    frames,
  };
}

/**
 * The metadata of an instance (PS3.18 10.4.1.1.2): its data set as JSON, with links to its pixels and
 * other large values.
 */
export function readMetadata(header: Buffer, instance: DicomInstance, bulkData: string): DicomJson {
  const { dataSet, transferSyntaxUID } = openPart10(header);
  return {
    ...toDicomJson(dataSet, bulkData, transferSyntaxUID === BIG_ENDIAN),
    ...(instance.frames
      ? { [TAG.pixelData]: { vr: 'OW', BulkDataURI: `${bulkData}/${TAG.pixelData}` } }
      : {}),
    [TAG.availableTransferSyntax]: { vr: 'UI', Value: [transferSyntaxUID] },
  };
}

/** The bytes of a binary value, by the path of its link; undefined where there is none. */
export function readBulkData(header: Buffer, path: string): Buffer | undefined {
  let { dataSet } = openPart10(header);
  const [tag, ...outer] = path.split('.').reverse();
  for (let steps = outer.reverse(); steps.length; steps = steps.slice(2)) {
    const [sequence, item] = steps;
    const inner = elementOf(dataSet, sequence)?.items?.[Number(item)]?.dataSet;
    if (!inner) {
      return undefined;
    }
    dataSet = inner;
  }
  const element = elementOf(dataSet, tag);
  return (
    element &&
    Buffer.from(dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length))
  );
}

function elementOf({ elements }: ReturnType<typeof openPart10>['dataSet'], tag: string) {
  const name = `x${tag.toLowerCase()}`;
  return Object.hasOwn(elements, name) ? elements[name] : undefined;
}

function shortOnes(json: DicomJson, transferSyntaxUID: string): DicomJson {
  const short: Record<string, DicomJsonElement> = {};
  for (const [tag, element] of Object.entries(json)) {
    if (element.vr !== 'SQ' && element.Value && isStandard(tag)) {
      if (JSON.stringify(element.Value).length <= MAX_ATTRIBUTE_LENGTH) {
        short[tag] = element;
      }
    }
  }
  // OHIF reads it here; it is an attribute of the web service, not of the file.
  short[TAG.availableTransferSyntax] = { vr: 'UI', Value: [transferSyntaxUID] };
  return short;
}

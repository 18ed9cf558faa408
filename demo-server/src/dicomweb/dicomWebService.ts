import { type BufferPart, joinMultipart } from '../http/multipart';
import { HttpError, json, type Reply } from '../http/reply';
import type { DicomStore } from './dicomStore';
import { frameTotal } from './file/locateFrames';
import { isFileSafeUid, type DicomInstance, type InstanceUids } from './file/readInstance';
import { query, type QueryLevel } from './qido';
import { DICOM_JSON } from './storeInstances';

/** Media types of PS3.18 table 8.7.3-2 for compressed pixels; everything else is sent as octets. */
const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10008.1.2.4.50', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.57', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.70', 'image/jpeg'],
  ['1.2.840.10008.1.2.4.80', 'image/jls'],
  ['1.2.840.10008.1.2.4.81', 'image/jls'],
  ['1.2.840.10008.1.2.4.90', 'image/jp2'],
  ['1.2.840.10008.1.2.4.91', 'image/jp2'],
  ['1.2.840.10008.1.2.4.201', 'image/jphc'],
  ['1.2.840.10008.1.2.5', 'image/dicom-rle'],
]);

const LEVELS = [
  ['studies', 'study'],
  ['series', 'series'],
  ['instances', 'instance'],
] as const;

export interface StoreAddress {
  readonly study?: string;
  readonly series?: string;
  readonly instance?: string;
  /** What follows the last UID: `[]`, `['metadata']`, `['frames', '1,2']`, ... */
  readonly rest: readonly string[];
}

/**
 * Reads `studies/S/series/E/instances/I/rest...`; a level without a UID is what is asked for. Throws
 * `HttpError` 400 where a UID is none.
 *
 * @param path below the root of the service, decoded
 */
export function readAddress(path: string): StoreAddress {
  let rest = path.split('/').filter(Boolean);
  const uids: { study?: string; series?: string; instance?: string } = {};
  for (const [word, level] of LEVELS) {
    const [first, uid] = rest;
    if (first !== word || uid === undefined) {
      break;
    }
    if (!isFileSafeUid(uid)) {
      throw new HttpError(400, `${JSON.stringify(uid.slice(0, 70))} is not a UID`);
    }
    uids[level] = uid;
    rest = rest.slice(2);
  }
  return { ...uids, rest };
}

/**
 * QIDO-RS and WADO-RS as far as OHIF uses them: queries, metadata, instances, frames and bulk data (PS3.18).
 */
export class DicomWebService {
  /** `rootPath`: path of the service, for links. */
  constructor(
    private readonly store: DicomStore,
    private readonly rootPath: string
  ) {}

  /** Throws `HttpError`. */
  async get(address: StoreAddress, parameters: URLSearchParams): Promise<Reply> {
    const { rest, ...uids } = address;
    const [resource, detail] = rest;
    if (rest.length === 1 && isQueryBelow(resource, address)) {
      return answerQuery(resource, this.store.find(uids), parameters);
    }
    if (!uids.study) {
      throw new HttpError(404, 'this service has studies, series and instances');
    }
    const found = await this.store.findOnDisk(uids);
    if (!found.length) {
      throw new HttpError(404, 'the store has no such study, series or instance');
    }
    if (resource === undefined) {
      return { status: 200, ...joinMultipart(this.files(found), 'application/dicom') };
    }
    if (resource === 'metadata' && rest.length === 1) {
      return { status: 200, contentType: DICOM_JSON, body: this.metadata(found) };
    }
    if (uids.instance && rest.length === 2) {
      return this.partOf(found[0], resource, detail);
    }
    throw new HttpError(404, 'this store has no such resource');
  }

  private async partOf(instance: DicomInstance, resource: string, detail: string): Promise<Reply> {
    if (resource === 'frames') {
      const frames = readFrameList(detail, instance.frames ? frameTotal(instance.frames) : 0);
      const [type] = octets(instance).split(';');
      return { status: 200, ...joinMultipart(this.frames(instance, frames), type) };
    }
    if (resource === 'bulkdata') {
      const isPixels = detail === '7FE00010';
      const body = isPixels ? await this.store.pixels(instance) : await this.store.bulkData(instance, detail);
      if (body) {
        const contentType = isPixels ? octets(instance) : 'application/octet-stream';
        return { status: 200, ...joinMultipart([{ contentType, body }], 'application/octet-stream') };
      }
    }
    throw new HttpError(404, 'this store has no such resource');
  }

  private async *metadata(found: readonly DicomInstance[]): AsyncGenerator<string> {
    let separator = '[';
    for (const instance of found) {
      const bulkData = `${this.pathOf(instance)}/bulkdata`;
      yield separator + JSON.stringify(await this.store.metadata(instance, bulkData));
      separator = ',';
    }
    yield ']';
  }

  private async *files(found: readonly DicomInstance[]): AsyncGenerator<BufferPart> {
    for (const instance of found) {
      const contentType = `application/dicom; transfer-syntax=${instance.transferSyntaxUID}`;
      yield { contentType, body: await this.store.file(instance) };
    }
  }

  private async *frames(instance: DicomInstance, numbers: readonly number[]): AsyncGenerator<BufferPart> {
    for (const number of numbers) {
      yield { contentType: octets(instance), body: await this.store.frame(instance, number) };
    }
  }

  private pathOf({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }: InstanceUids): string {
    return `${this.rootPath}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
  }
}

/** A level is asked for below a higher one, or at the root. */
function isQueryBelow(resource: string, { study, series, instance }: StoreAddress): resource is QueryLevel {
  switch (resource) {
    case 'studies':
      return !study;
    case 'series':
      return !series;
    case 'instances':
      return !instance;
    default:
      return false;
  }
}

function answerQuery(level: QueryLevel, found: readonly DicomInstance[], parameters: URLSearchParams): Reply {
  const { matches, remaining } = query(level, found, parameters);
  const reply = json(matches, 200, DICOM_JSON);
  return remaining
    ? { ...reply, headers: { Warning: `299 deep-aspects "There are ${remaining} additional results"` } }
    : reply;
}

/** Frame numbers from 1, each named once. */
function readFrameList(list: string, total: number): number[] {
  const numbers = list.split(',').map(number => (/^\d{1,9}$/.test(number) ? Number(number) : 0));
  if (numbers.some(number => number < 1 || number > total) || new Set(numbers).size < numbers.length) {
    throw new HttpError(404, `frames run from 1 to ${total}, and each may be asked for once`);
  }
  return numbers;
}

function octets({ transferSyntaxUID }: DicomInstance): string {
  const type = MEDIA_TYPES.get(transferSyntaxUID) ?? 'application/octet-stream';
  return `${type}; transfer-syntax=${transferSyntaxUID}`;
}

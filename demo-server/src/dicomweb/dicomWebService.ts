import { joinMultipart, splitMultipart } from '../http/multipart';
import { json, message, type Reply } from '../http/reply';
import type { DicomInstance } from './dicomFile';
import { NotDicomError } from './dicomFile';
import type { DicomStore } from './dicomStore';
import { query, type QueryLevel } from './qido';

const DICOM_JSON = 'application/dicom+json';

/** Media types of PS3.18 table 8.7.3-2 for compressed pixels; everything else is sent as octets. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.50': 'image/jpeg',
  '1.2.840.10008.1.2.4.57': 'image/jpeg',
  '1.2.840.10008.1.2.4.70': 'image/jpeg',
  '1.2.840.10008.1.2.4.80': 'image/jls',
  '1.2.840.10008.1.2.4.81': 'image/jls',
  '1.2.840.10008.1.2.4.90': 'image/jp2',
  '1.2.840.10008.1.2.4.91': 'image/jp2',
  '1.2.840.10008.1.2.4.201': 'image/jphc',
  '1.2.840.10008.1.2.5': 'image/dicom-rle',
};

export interface DicomWebRequest {
  readonly method: string;
  /** Below the root of the service, decoded, without empty parts: `['studies', '1.2.3', 'series']`. */
  readonly path: readonly string[];
  readonly parameters: URLSearchParams;
  readonly contentType: string;
  readonly body: () => Promise<Buffer>;
}

interface Uids {
  study?: string;
  series?: string;
  instance?: string;
}

/** DICOMweb as far as OHIF uses it: QIDO-RS, WADO-RS (metadata, instances, frames, bulk data) and STOW-RS (PS3.18). */
export class DicomWebService {
  constructor(
    private readonly store: DicomStore,
    private readonly rootUrl: string
  ) {}

  async handle(request: DicomWebRequest): Promise<Reply> {
    const { uids, rest } = readPath(request.path);
    if (request.method === 'POST' && (rest[0] === 'studies' || (uids.study && !rest.length))) {
      return this.storeInstances(request, uids);
    }
    if (request.method !== 'GET') {
      return message(405, `${request.method} is not something this store does`);
    }
    const found = this.store.find(uids);
    const [last] = rest;
    if (last === 'studies' || last === 'series' || last === 'instances') {
      return json(query(last satisfies QueryLevel, found, request.parameters), 200, DICOM_JSON);
    }
    if (!found.length) {
      return message(404, 'the store has no such study, series or instance');
    }
    return this.retrieve(found, rest, Boolean(uids.instance));
  }

  private async retrieve(
    found: readonly DicomInstance[],
    rest: readonly string[],
    one: boolean
  ): Promise<Reply> {
    if (rest[0] === undefined) {
      return this.wholeInstances(found);
    }
    if (rest[0] === 'metadata') {
      return json(
        found.map(instance => instance.attributes),
        200,
        DICOM_JSON
      );
    }
    if (rest[0] === 'frames' && one) {
      return this.frames(found[0], (rest[1] ?? '1').split(',').map(Number));
    }
    if (rest[0] === 'bulkdata' && one) {
      const pixels = Buffer.concat(await this.store.frames(found[0].sopInstanceUID));
      return {
        status: 200,
        ...joinMultipart([{ contentType: octets(found[0]), body: pixels }], 'application/octet-stream'),
      };
    }
    return message(404, `this store has no resource "${rest[0]}"`);
  }

  private async wholeInstances(found: readonly DicomInstance[]): Promise<Reply> {
    const parts = [];
    for (const { sopInstanceUID, transferSyntaxUID } of found) {
      const contentType = `application/dicom; transfer-syntax=${transferSyntaxUID}`;
      parts.push({ contentType, body: await this.store.bytes(sopInstanceUID) });
    }
    return { status: 200, ...joinMultipart(parts, 'application/dicom') };
  }

  /** Frames as they are stored; frame numbers start at 1. */
  private async frames(instance: DicomInstance, numbers: readonly number[]): Promise<Reply> {
    const frames = await this.store.frames(instance.sopInstanceUID);
    if (!numbers.every(number => Number.isInteger(number) && number >= 1 && number <= frames.length)) {
      return message(404, `frames run from 1 to ${frames.length}`);
    }
    const parts = numbers.map(number => ({ contentType: octets(instance), body: frames[number - 1] }));
    return { status: 200, ...joinMultipart(parts, parts[0].contentType.split(';')[0]) };
  }

  /** STOW-RS: every part is kept or reported on its own (PS3.18 10.5). */
  private async storeInstances(request: DicomWebRequest, uids: Uids): Promise<Reply> {
    let parts;
    try {
      parts = splitMultipart(await request.body(), request.contentType);
    } catch (error) {
      return message(400, error instanceof Error ? error.message : String(error));
    }
    const kept: object[] = [];
    const failed: object[] = [];
    for (const part of parts) {
      try {
        kept.push(this.reference(await this.store.put(part.body, uids.study)));
      } catch (error) {
        if (!(error instanceof NotDicomError)) {
          throw error;
        }
        // 0xC000: cannot understand (PS3.18 table I.2-2).
        failed.push({
          '00081197': { vr: 'US', Value: [0xc000] },
          '00081196': { vr: 'LO', Value: [error.message] },
        });
      }
    }
    const answer = {
      ...(kept.length ? { '00081199': { vr: 'SQ', Value: kept } } : {}),
      ...(failed.length ? { '00081198': { vr: 'SQ', Value: failed } } : {}),
    };
    const status = kept.length ? (failed.length ? 202 : 200) : 409;
    return json(answer, status, DICOM_JSON);
  }

  private reference(instance: DicomInstance): object {
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID, attributes } = instance;
    const url = `${this.rootUrl}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
    return {
      '00081150': attributes['00080016'],
      '00081155': attributes['00080018'],
      '00081190': { vr: 'UR', Value: [url] },
    };
  }
}

function octets({ transferSyntaxUID }: DicomInstance): string {
  const type = MEDIA_TYPES[transferSyntaxUID] ?? 'application/octet-stream';
  return `${type}; transfer-syntax=${transferSyntaxUID}`;
}

/** `studies/S/series/E/instances/I/rest...` to UIDs and what follows; a level without a UID is what is asked for. */
function readPath(path: readonly string[]): { uids: Uids; rest: readonly string[] } {
  const uids: Uids = {};
  const levels = { studies: 'study', series: 'series', instances: 'instance' } as const;
  let index = 0;
  while (index + 1 < path.length && path[index] in levels) {
    uids[levels[path[index] as keyof typeof levels]] = path[index + 1];
    index += 2;
  }
  return { uids, rest: path.slice(index) };
}

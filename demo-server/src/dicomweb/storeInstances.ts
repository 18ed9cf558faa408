import { bufferParts } from '../http/multipart';
import { HttpError, json, type Reply } from '../http/reply';
import type { DicomStore } from './dicomStore';
import { TAG } from './file/dictionary';
import { NotDicomError } from './file/notDicomError';
import type { DicomInstance } from './file/readInstance';

export const DICOM_JSON = 'application/dicom+json';

/** Failure reasons (PS3.18 table I.2-2). */
const CANNOT_UNDERSTAND = 0xc000;
const OUT_OF_RESOURCES = 0xa700;
const PROCESSING_FAILURE = 0x0110;

/**
 * STOW-RS (PS3.18 10.5): every part is kept or reported on its own, whatever happens to the others.
 *
 * @param study the only study that the instances may be of, where the address names one
 */
export async function storeInstances(
  store: DicomStore,
  body: Buffer,
  contentType: string,
  rootUrl: string,
  study?: string
): Promise<Reply> {
  const kept: object[] = [];
  const failed: object[] = [];
  for (const part of partsOf(body, contentType)) {
    try {
      if (!/^application\/dicom\s*(;|$)/i.test(part.contentType)) {
        throw new NotDicomError(`a part of type "${part.contentType}" is not application/dicom`);
      }
      kept.push(reference(await store.put(part.body, study), rootUrl));
    } catch (error) {
      failed.push(failure(error));
    }
  }
  const answer = {
    ...(kept.length ? { '00081199': { vr: 'SQ', Value: kept } } : {}),
    ...(failed.length ? { '00081198': { vr: 'SQ', Value: failed } } : {}),
  };
  const accepted = failed.length ? 202 : 200;
  return json(answer, kept.length ? accepted : 409, DICOM_JSON);
}

function partsOf(body: Buffer, contentType: string) {
  try {
    return bufferParts(body, contentType);
  } catch (error) {
    throw new HttpError(400, error instanceof Error ? error.message : String(error));
  }
}

function reference(instance: DicomInstance, rootUrl: string): object {
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID, attributes } = instance;
  const url = `${rootUrl}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
  return {
    '00081150': attributes[TAG.sopClass],
    '00081155': attributes[TAG.sopInstance],
    '00081190': { vr: 'UR', Value: [url] },
  };
}

function failure(error: unknown): object {
  if (error instanceof NotDicomError) {
    return failedItem(CANNOT_UNDERSTAND, error.message);
  }
  const { code } = error as NodeJS.ErrnoException;
  process.stderr.write(`An instance could not be stored: ${String(error)}\n`);
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? failedItem(OUT_OF_RESOURCES, 'the disk is full')
    : failedItem(PROCESSING_FAILURE, `the store's folder cannot be written (${code ?? 'unknown error'})`);
}

function failedItem(reason: number, comment: string): object {
  return {
    '00081197': { vr: 'US', Value: [reason] },
    '00081196': { vr: 'LO', Value: [comment] },
  };
}

import { joinMultipart } from './multipart';
import { uidInPath } from './uidInPath';
import type { InstanceReference, ReportArchive } from './reportArchive';

export interface DicomWebOptions {
  /** STOW-RS root, without a slash at the end. */
  readonly stowRoot: string;
  /** QIDO-RS root; absent: the archive is not asked what it holds. */
  readonly qidoRoot?: string;
  /** Headers of the moment, such as a bearer token: asked for at each request, since tokens expire. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** The environment's own; needs no `this`. */
  readonly fetch: typeof globalThis.fetch;
}

/** An HTTP answer other than success. */
export class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';

  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

/** `ReportArchive` over DICOMweb (PS3.18 10.5, 10.6) by fetch. */
export function dicomWebArchive(options: DicomWebOptions): ReportArchive {
  const request = options.fetch;
  return {
    async store(instance, signal) {
      const part = { contentType: 'application/dicom', body: new Uint8Array(instance.part10) };
      const { body, contentType } = joinMultipart([part], 'application/dicom');
      const response = await request(`${options.stowRoot}/studies`, {
        method: 'POST',
        headers: { ...options.headers?.(), 'Content-Type': contentType, Accept: 'application/dicom+json' },
        body,
        signal,
      });
      // Read to the end: a connection cut inside the answer is a failure too.
      const answer = dicomJson(await response.text());
      // Archives name a failed instance with 202, as they should, or with 200; of a single instance
      // nothing else is left.
      if (!response.ok || items(answer, FAILED_SOP_SEQUENCE).length > 0) {
        throw new HttpStatusError(response.ok ? 409 : response.status);
      }
      return items(answer, REFERENCED_SOP_SEQUENCE).some(
        item => firstValue(item, REFERENCED_SOP_INSTANCE_UID) === instance.sopInstanceUID
      );
    },
    async holds(instance, signal) {
      if (!options.qidoRoot) {
        return undefined;
      }
      const response = await request(`${options.qidoRoot}${instanceQuery(instance)}`, {
        headers: { ...options.headers?.(), Accept: 'application/dicom+json' },
        signal,
      });
      if (response.status === 204 || response.status === 404) {
        return false;
      }
      if (!response.ok) {
        throw new HttpStatusError(response.status);
      }
      const matches: unknown = await response.json();
      // Archives that ignore a filter, and pages in front of them, answer with something else.
      return Array.isArray(matches) && matches.some(match => names(match, instance));
    },
  };
}

function instanceQuery({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }: InstanceReference): string {
  const [study, series, instance] = [studyInstanceUID, seriesInstanceUID, sopInstanceUID].map(uidInPath);
  return `/studies/${study}/series/${series}/instances?SOPInstanceUID=${instance}`;
}

/** Whether a match is that instance: one of the same SOP Instance UID elsewhere is another's. */
function names(match: unknown, { studyInstanceUID, seriesInstanceUID, sopInstanceUID }: InstanceReference) {
  return (
    firstValue(match, SOP_INSTANCE_UID) === sopInstanceUID &&
    [undefined, studyInstanceUID].includes(firstValue(match, STUDY_INSTANCE_UID) as string | undefined) &&
    [undefined, seriesInstanceUID].includes(firstValue(match, SERIES_INSTANCE_UID) as string | undefined)
  );
}

const SOP_INSTANCE_UID = '00080018';
const STUDY_INSTANCE_UID = '0020000D';
const SERIES_INSTANCE_UID = '0020000E';
const REFERENCED_SOP_INSTANCE_UID = '00081155';
const FAILED_SOP_SEQUENCE = '00081198';
const REFERENCED_SOP_SEQUENCE = '00081199';

function dicomJson(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}

/**
 * Items of a sequence, or values of another attribute, of a DICOM JSON object; none where it is
 * something else.
 */
function items(dataSet: unknown, tag: string): readonly unknown[] {
  const attribute = (
    dataSet as Readonly<Record<string, { Value?: unknown } | undefined>> | null | undefined
  )?.[tag];
  return Array.isArray(attribute?.Value) ? attribute.Value : [];
}

function firstValue(dataSet: unknown, tag: string): unknown {
  return items(dataSet, tag)[0];
}

import { joinMultipart } from './multipart';
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
    async store(part10, signal) {
      const part = { contentType: 'application/dicom', body: new Uint8Array(part10) };
      const { body, contentType } = joinMultipart([part], 'application/dicom');
      const response = await request(`${options.stowRoot}/studies`, {
        method: 'POST',
        headers: { ...options.headers?.(), 'Content-Type': contentType, Accept: 'application/dicom+json' },
        body,
        signal,
      });
      // Read to the end: a connection cut inside the answer is a failure too.
      const answer = await response.text();
      // 202: stored with warnings or only in part; with a single instance "in part" is "not".
      if (!response.ok || (response.status === 202 && namesFailure(answer))) {
        throw new HttpStatusError(response.ok ? 409 : response.status);
      }
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
      return Array.isArray(matches) && matches.length > 0;
    },
  };
}

function instanceQuery({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }: InstanceReference): string {
  return `/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances?SOPInstanceUID=${sopInstanceUID}`;
}

/** Failed SOP Sequence (0008,1198) with an item. */
function namesFailure(answer: string): boolean {
  try {
    const { '00081198': failed } = JSON.parse(answer) as Record<string, { Value?: unknown[] } | undefined>;
    return (failed?.Value?.length ?? 0) > 0;
  } catch {
    return false;
  }
}

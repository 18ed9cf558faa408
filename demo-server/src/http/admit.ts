import type { IncomingMessage } from 'node:http';
import { HttpError } from './reply';

/**
 * Types of a body that DICOMweb defines. Browsers send none of them to another site without asking it first.
 */
const BODY_TYPES = /^(multipart\/related|application\/dicom(\+json|\+xml)?)\s*(;|$)/i;

/**
 * Throws `HttpError` 403 unless the request names this machine: a site whose name resolves to it must not
 * read the store.
 */
export function admitHost(request: IncomingMessage): void {
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
    throw new HttpError(403, 'This server answers only to localhost');
  }
}

/**
 * Throws `HttpError` unless a DICOMweb request comes from this server's own page or from no page at all:
 * another site can have a browser send requests here, and what they write or cost does not depend on whether
 * it may read the answers. Pages of other ports on this machine are other sites, too.
 */
export function admitDicomWeb(request: IncomingMessage): void {
  const { headers, method = 'GET' } = request;
  const site = headers['sec-fetch-site'];
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const foreignOrigin = headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
  if (foreignSite || foreignOrigin) {
    throw new HttpError(403, 'Only the pages of this server may use its DICOMweb service');
  }
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
    throw new HttpError(405, `${method} is not something this service does`);
  }
  if (method === 'POST' && !BODY_TYPES.test(headers['content-type'] ?? '')) {
    throw new HttpError(415, 'DICOM instances are stored as multipart/related; type="application/dicom"');
  }
}

import { StoredReportError } from '../dicom/read/storedReportError';
import { ArchiveAnswerError } from './dicomJson';

/**
 * Why storing failed: no answer from the archive (`ARCHIVE_UNREACHABLE`: stopped, connection cut), the
 * login ran out (401), no right to store (403), contradicts what is stored (409), too large (413), the
 * archive's own fault (5xx), any other refusal, no answer in time, accepted but not found afterwards, an
 * answer that is no DICOM JSON, stored versions that name each other as predecessors, or stopped by the
 * reader.
 */
export type StoreFailureCode =
  | 'ARCHIVE_UNREACHABLE'
  | 'LOGIN_EXPIRED'
  | 'FORBIDDEN'
  | 'CONFLICT'
  | 'TOO_LARGE'
  | 'ARCHIVE_ERROR'
  | 'REFUSED'
  | 'TIMED_OUT'
  | 'NOT_CONFIRMED'
  | 'UNREADABLE_ANSWER'
  | 'CIRCULAR_VERSIONS'
  | 'CANCELLED';

/** Why an object was not stored, or is not known to be. */
export interface StoreFailure {
  readonly code: StoreFailureCode;
  readonly httpStatus?: number;
  /** One English sentence; a panel translates by code. */
  readonly message: string;
}

const MESSAGES: Readonly<Record<StoreFailureCode, string>> = {
  ARCHIVE_UNREACHABLE: 'The archive did not answer or the connection broke. Check the network and try again.',
  LOGIN_EXPIRED: 'The archive asks for a login: the session has expired. Log in again and retry.',
  FORBIDDEN: 'The archive does not allow this user to store.',
  CONFLICT: 'The archive refused the report because it contradicts what is already stored.',
  TOO_LARGE: 'The archive refused the report because it is too large for its limits.',
  ARCHIVE_ERROR: 'The archive reported an error of its own. Try again later.',
  REFUSED: 'The archive refused the report.',
  TIMED_OUT: 'The archive did not answer in time.',
  NOT_CONFIRMED:
    'The archive accepted the report but does not list it. Check the archive before relying on it.',
  UNREADABLE_ANSWER:
    'The archive answered with something else than DICOM JSON (a login page?). Check its address and log in again.',
  CIRCULAR_VERSIONS:
    'The stored reports of this series name each other as predecessors, so that none is the latest. Have one deleted in the archive.',
  CANCELLED: 'Storing was stopped.',
};

export function storeFailure(code: StoreFailureCode, httpStatus?: number): StoreFailure {
  return { code, message: MESSAGES[code], ...(httpStatus !== undefined && { httpStatus }) };
}

/**
 * What a rejected request to an archive means for storing; what is not recognised counts as unreachable.
 *
 * @param cause `timeout` or `cancel` where the signal ended it, whatever the client rejected with.
 */
export function storeFailureOf(error: unknown, cause?: 'timeout' | 'cancel'): StoreFailure {
  if (cause) {
    return storeFailure(cause === 'timeout' ? 'TIMED_OUT' : 'CANCELLED');
  }
  if (error instanceof ArchiveAnswerError) {
    return storeFailure('UNREADABLE_ANSWER');
  }
  if (error instanceof StoredReportError) {
    return storeFailure('CIRCULAR_VERSIONS');
  }
  const status = httpStatusOf(error);
  if (!status) {
    return storeFailure('ARCHIVE_UNREACHABLE');
  }
  return storeFailure(codeOfStatus(status), status);
}

function codeOfStatus(status: number): StoreFailureCode {
  const known: Readonly<Record<number, StoreFailureCode>> = {
    401: 'LOGIN_EXPIRED',
    403: 'FORBIDDEN',
    408: 'TIMED_OUT',
    409: 'CONFLICT',
    413: 'TOO_LARGE',
    // A gateway speaks here: the archive behind it gave no answer.
    502: 'ARCHIVE_UNREACHABLE',
    504: 'TIMED_OUT',
  };
  return known[status] ?? (status >= 500 ? 'ARCHIVE_ERROR' : 'REFUSED');
}

/** HTTP status that an error carries; undefined where none (0 means that there was no answer). */
function httpStatusOf(error: unknown): number | undefined {
  const carrier = error as
    { status?: unknown; request?: { status?: unknown }; response?: { status?: unknown } } | null | undefined;
  const status = [carrier?.status, carrier?.request?.status, carrier?.response?.status].find(
    candidate => typeof candidate === 'number' && candidate > 0
  );
  return status as number | undefined;
}

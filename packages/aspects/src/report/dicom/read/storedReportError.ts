/**
 * Why a stored object cannot be reopened: not DICOM or cut short (`DAMAGED`), made by something else
 * (`NOT_OURS`), of another series (`OTHER_SERIES`), SEG and SR or its two parts contradict each other
 * (`INCONSISTENT`), or reports name each other as predecessors (`CIRCULAR`).
 */
export type StoredReportErrorCode = 'DAMAGED' | 'NOT_OURS' | 'OTHER_SERIES' | 'INCONSISTENT' | 'CIRCULAR';

/** A stored SEG or SR that cannot be reopened. The message says what is wrong with it. */
export class StoredReportError extends Error {
  override readonly name = 'StoredReportError';

  constructor(
    readonly code: StoredReportErrorCode,
    message: string
  ) {
    super(message);
  }
}

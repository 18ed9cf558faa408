/** The bytes are not a DICOM instance that can be kept; the message says why. */
export class NotDicomError extends Error {
  override readonly name = 'NotDicomError';
}

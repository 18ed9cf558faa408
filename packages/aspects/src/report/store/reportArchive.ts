/** Names one instance in an archive. */
export interface InstanceReference {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/** The narrow view of an archive that storing needs. A host's data source or `dicomWebArchive` gives it. */
export interface ReportArchive {
  /**
   * Stores one Part 10 file. Resolves when the archive accepted it; rejects with an error that carries the HTTP status
   * where there is one (`status`, or `request.status` as XMLHttpRequest-based clients have it).
   */
  store(part10: ArrayBuffer, signal: AbortSignal): Promise<void>;
  /** Whether the archive holds the instance; undefined where it cannot be asked. */
  holds(instance: InstanceReference, signal: AbortSignal): Promise<boolean | undefined>;
}

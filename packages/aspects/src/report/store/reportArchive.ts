/** Names one instance in an archive. */
export interface InstanceReference {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/** The narrow view of an archive that storing needs. A host's data source or `dicomWebArchive` gives it. */
export interface ReportArchive {
  /**
   * Stores one Part 10 file. Resolves when the archive accepted it, to true where its answer names the
   * instance as stored; rejects with an error that carries the HTTP status where there is one (`status`, or
   * `request.status` as XMLHttpRequest-based clients have it).
   */
  store(
    instance: InstanceReference & { readonly part10: ArrayBuffer },
    signal: AbortSignal
  ): Promise<boolean>;
  /** Whether the archive holds the instance; undefined where it cannot be asked. */
  holds(instance: InstanceReference, signal: AbortSignal): Promise<boolean | undefined>;
}

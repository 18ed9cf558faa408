import type { ArchiveConnection } from '../archive/archiveSettings';

/** Number of the latest change that an archive tells of; undefined where it tells none. */
export type ChangeCounter = () => Promise<number | undefined>;

/**
 * Orthanc counts its changes apart from DICOMweb: `/changes` at the root of its own interface. Asking costs
 * it nothing, and a study list is asked for only when the number has moved.
 */
export function orthancChanges({ url, headers, fetch }: ArchiveConnection): ChangeCounter {
  const address = new URL('../changes?last', `${url}/`).href;
  return async () => {
    try {
      const response = await fetch(address, { headers: { ...headers(), Accept: 'application/json' } });
      if (!response.ok) {
        await response.body?.cancel();
        return undefined;
      }
      const { Last: last } = (await response.json()) as { Last?: unknown };
      return typeof last === 'number' ? last : undefined;
    } catch {
      return undefined;
    }
  };
}

import { dicomWebArchive, type FindOptions, type ReportArchive } from '@deep-aspects/aspects/report';
import type { OhifManagers } from './managers';
import type { DataSource } from './services';

/**
 * Where and how the host's current data source is reached by DICOMweb; null where it is no DICOMweb source.
 */
export function dicomWebAccess(
  managers: OhifManagers
): Pick<FindOptions, 'qidoRoot' | 'wadoRoot' | 'headers' | 'fetch'> | null {
  const { qidoRoot, wadoRoot } = dataSourceOf(managers)?.getConfig?.() ?? {};
  if (!qidoRoot || !wadoRoot) {
    return null;
  }
  return {
    qidoRoot: withoutSlash(qidoRoot),
    wadoRoot: withoutSlash(wadoRoot),
    headers: () => authorisation(managers),
    fetch: (...request) => globalThis.fetch(...request),
  };
}

/**
 * The host's current data source as an archive: stored through the source itself, so that its own addresses,
 * headers and proxies hold; asked over QIDO-RS where it has it.
 */
export function hostArchive(managers: OhifManagers): ReportArchive {
  const source = dataSourceOf(managers);
  const access = dicomWebAccess(managers);
  const asked = access && dicomWebArchive({ ...access, stowRoot: access.wadoRoot });
  return {
    async store({ part10 }) {
      if (!source?.store) {
        throw new Error('The data source of this viewer cannot store.');
      }
      await source.store.dicom(part10);
      // The source keeps the archive's answer to itself: whether the instance is there has to be asked.
      return false;
    },
    holds: async (instance, signal) => asked?.holds(instance, signal),
  };
}

/**
 * Has the host load series of a study that it does not know yet: they stand in the study browser, without a
 * reload. Rejects where the archive does not give them.
 */
export async function loadSeries(
  managers: OhifManagers,
  studyInstanceUID: string,
  seriesInstanceUIDs: readonly string[]
): Promise<void> {
  const source = dataSourceOf(managers);
  const { displaySetService } = managers.servicesManager.services;
  const known = displaySetService.getActiveDisplaySets().map(({ SeriesInstanceUID }) => SeriesInstanceUID);
  const seriesInstanceUID = [...new Set(seriesInstanceUIDs)].filter(uid => !known.includes(uid));
  if (!source?.retrieve?.series || seriesInstanceUID.length === 0) {
    return;
  }
  forgetAnswers(source, studyInstanceUID);
  try {
    await source.retrieve.series.metadata({
      StudyInstanceUID: studyInstanceUID,
      filters: { seriesInstanceUID },
    });
  } finally {
    // Else the host would take these few series for the whole study when the mode is entered again.
    forgetAnswers(source, studyInstanceUID);
  }
}

/**
 * OHIF 3.11 to 3.14 keep a study's answer under "name:UID", but forget what is kept under the key that
 * they are given.
 */
function forgetAnswers(source: DataSource, studyInstanceUID: string): void {
  source.deleteStudyMetadataPromise?.(studyInstanceUID);
  source.deleteStudyMetadataPromise?.(`${source.getConfig?.().name}:${studyInstanceUID}`);
}

function dataSourceOf({ extensionManager }: OhifManagers): DataSource | undefined {
  return extensionManager.getActiveDataSource()[0];
}

function authorisation({ servicesManager }: OhifManagers): Record<string, string> {
  const header = servicesManager.services.userAuthenticationService?.getAuthorizationHeader?.();
  return header ? { ...header } : {};
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

import { DicomStore } from './dicomweb/dicomStore';
import { DICOM_WEB_PATH } from './demoServer';

/** The store of the embedded DICOMweb service, with what earlier runs kept in that folder. */
export async function openEmbeddedStore(folder: string): Promise<DicomStore> {
  const store = new DicomStore(folder, ({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }) =>
    [
      DICOM_WEB_PATH,
      'studies',
      studyInstanceUID,
      'series',
      seriesInstanceUID,
      'instances',
      sopInstanceUID,
      'bulkdata',
    ].join('/')
  );
  await store.open();
  return store;
}

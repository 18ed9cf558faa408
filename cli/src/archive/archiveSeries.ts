import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NaturalisedDataset } from 'dcmjs';
import { chooseSeries } from '@deep-aspects/aspects/series';
import { ctMetadataOfInstance } from '@deep-aspects/aspects/series';
import { loadDicomSeries } from '../dicom/dicomSeries';
import type { Candidate } from '../score/pickSeries';
import { runAll } from '../score/runAll';
import type { ArchiveClient } from './archiveClient';
import type { ArchiveStudy } from './archiveStudy';

/** Instances fetched at a time: enough to hide the way to the archive, few enough not to crowd it. */
const FETCHES = 4;

/** Metadata of the CT series of a study. */
export type StudyMetadata = ReadonlyMap<string, readonly NaturalisedDataset[]>;

/**
 * @throws Error where the archive gives fewer images of a series than it counts: part of a scan must not be
 *   scored as the whole
 */
export async function readStudyMetadata(
  client: Pick<ArchiveClient, 'metadata'>,
  { studyInstanceUID, contents }: Pick<ArchiveStudy, 'studyInstanceUID' | 'contents'>
): Promise<StudyMetadata> {
  const metadata = new Map<string, readonly NaturalisedDataset[]>();
  for (const [uid, count] of contents) {
    const instances = await client.metadata(studyInstanceUID, uid);
    if (instances.length < count) {
      throw new Error(
        `the archive counts ${count} images of a series and gives the metadata of ${instances.length}`
      );
    }
    metadata.set(uid, instances);
  }
  return metadata;
}

/**
 * The series of a study, the best suited first. Which one is fit is decided by the metadata; pixels are
 * fetched, series by series, only of those that are tried.
 *
 * @param folder where the files go
 */
export async function* archiveCandidates(
  client: ArchiveClient,
  studyInstanceUID: string,
  metadata: StudyMetadata,
  folder: string
): AsyncGenerator<Candidate> {
  const series = [...metadata.values()].map(instances => instances.flatMap(ctMetadataOfInstance));
  for (const ranked of chooseSeries(series)) {
    const { seriesInstanceUID } = ranked;
    if (ranked.refusal) {
      yield { ...ranked, instances: [] };
      continue;
    }
    const uids = (metadata.get(seriesInstanceUID) ?? []).map(({ SOPInstanceUID }) => String(SOPInstanceUID));
    const files = await fetchSeries(client, studyInstanceUID, seriesInstanceUID, uids, folder);
    yield { ...ranked, instances: await loadDicomSeries(files) };
  }
}

async function fetchSeries(
  client: ArchiveClient,
  study: string,
  series: string,
  sopInstanceUIDs: readonly string[],
  folder: string
): Promise<string[]> {
  const files: string[] = [];
  const target = await mkdtemp(join(folder, 'series-'));
  await runAll(
    sopInstanceUIDs.entries(),
    Array.from({ length: FETCHES }, () => client),
    async (worker, [index, sop]) => {
      // By number: an archive's UID is no name for a file.
      const file = join(target, `${index}.dcm`);
      await writeFile(file, new Uint8Array(await worker.instance(study, series, sop)));
      return file;
    },
    (_, file) => void files.push(file)
  );
  return files;
}

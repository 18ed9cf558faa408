import type { NaturalisedDataset } from 'dcmjs';
import { readStudyMetadata } from './archiveSeries';

const study = { studyInstanceUID: '1', contents: [['1.1', 3]] as const };
const archiveOf = (count: number) => ({
  metadata: async () =>
    Array.from({ length: count }, (_, index): NaturalisedDataset => ({ InstanceNumber: index })),
});

test('all images of each series are known before one is chosen', async () => {
  const metadata = await readStudyMetadata(archiveOf(3), study);
  expect(metadata.get('1.1')).toHaveLength(3);
});

test.each([0, 2])(
  '%d of 3 are an error of the archive: part of a scan is not scored as the whole',
  async count => {
    await expect(readStudyMetadata(archiveOf(count), study)).rejects.toThrow(
      `counts 3 images of a series and gives the metadata of ${count}`
    );
  }
);

import { loadSeries } from './archive';
import type { OhifManagers } from './managers';
import type { DataSource } from './services';

/** A host with a data source that, as OHIF's, answers a study once and keeps the answer. */
function host(known: readonly string[], source: Partial<DataSource> = {}) {
  const asked: unknown[] = [];
  const kept = new Set(['pacs:1.2']);
  const dataSource: DataSource = {
    getConfig: () => ({ name: 'pacs' }),
    deleteStudyMetadataPromise: key => kept.delete(key),
    retrieve: {
      series: {
        metadata: async query => {
          const key = `pacs:${query.StudyInstanceUID}`;
          if (!kept.has(key)) {
            asked.push(query);
          }
          kept.add(key);
        },
      },
    },
    ...source,
  };
  const managers = {
    servicesManager: {
      services: {
        displaySetService: {
          getActiveDisplaySets: () => known.map(SeriesInstanceUID => ({ SeriesInstanceUID })),
        },
      },
    },
    extensionManager: { getActiveDataSource: () => [dataSource] },
  } as unknown as OhifManagers;
  return { managers, asked, kept };
}

describe('series that were stored', () => {
  test('are loaded into the viewer, each once, but not what it knows already', async () => {
    const { managers, asked } = host(['ct', 'seg']);
    await loadSeries(managers, '1.2', ['seg', 'sr', 'picture', 'picture']);
    expect(asked).toEqual([{ StudyInstanceUID: '1.2', filters: { seriesInstanceUID: ['sr', 'picture'] } }]);
  });

  test('leave no answer behind that the host would take for the whole study', async () => {
    const { managers, kept } = host(['ct']);
    await loadSeries(managers, '1.2', ['sr']);
    expect([...kept]).toEqual([]);
  });

  test('are asked for again by the next try where the archive failed', async () => {
    const metadata = jest.fn().mockRejectedValue(new Error('gone'));
    const { managers, kept } = host(['ct'], { retrieve: { series: { metadata } } });
    await expect(loadSeries(managers, '1.2', ['sr'])).rejects.toThrow('gone');
    expect([...kept]).toEqual([]);
  });

  test('are left for the next reload by a data source that cannot retrieve', async () => {
    const { managers } = host(['ct'], { retrieve: undefined });
    await expect(loadSeries(managers, '1.2', ['sr'])).resolves.toBeUndefined();
  });
});

import type { ExtensionManager } from './ohif/host/managers';
import type { SiteConfiguration } from './ohif/installation/resolveConfiguration';
import { readStatusUrl } from './ohif/installation/siteConfiguration';
import { fetchJobOutcomes } from './worklist/jobOutcomes';
import { OutcomeCells } from './worklist/outcomeCells';
import { withOutcomeColumn } from './worklist/worklistColumn';

/** The column of the worklist, in hosts that have one to change (OHIF 3.13 and later). */
export default function getCustomizationModule(
  extensionManager: ExtensionManager,
  configuration: SiteConfiguration | undefined
) {
  const cells = new OutcomeCells({
    async seriesOf(studyInstanceUID) {
      const [source] = extensionManager.getActiveDataSource();
      return (await source?.query?.series?.search(studyInstanceUID)) ?? [];
    },
    jobs() {
      const statusUrl = readStatusUrl(configuration);
      return statusUrl === undefined ? undefined : fetchJobOutcomes(statusUrl);
    },
  });
  return [
    {
      name: 'global',
      value: { 'workList.columns': { $apply: (columns: unknown) => withOutcomeColumn(columns, cells) } },
    },
  ];
}

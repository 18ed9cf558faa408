import type { ExtensionManager } from './ohif/host/managers';
import { OutcomeCells } from './worklist/outcomeCells';
import { withOutcomeColumn } from './worklist/worklistColumn';

/** The column of the worklist, in hosts that have one to change (OHIF 3.13 and later). */
export default function getCustomizationModule(extensionManager: ExtensionManager) {
  const cells = new OutcomeCells(async studyInstanceUID => {
    const [source] = extensionManager.getActiveDataSource();
    return (await source?.query?.series?.search(studyInstanceUID)) ?? [];
  });
  return [
    {
      name: 'global',
      value: { 'workList.columns': { $apply: (columns: unknown) => withOutcomeColumn(columns, cells) } },
    },
  ];
}

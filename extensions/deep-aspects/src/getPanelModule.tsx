import { useEffect, type ReactNode } from 'react';
import AspectsPanel from './panel/AspectsPanel';
import type { RunCommand } from './panel/runCommand';
import type { AspectsController } from './session/aspectsController';
import { COMMANDS_CONTEXT } from './session/commands';
import type { CommandsManager } from './ohif/host/managers';
import type { InstallationNotice } from './ohif/installation/checkInstallation';
import { InstallationNotices } from './ohif/mount/InstallationNotices';
import { inHostRoot } from './ohif/mount/HostRoot';
import { inOwnRoot } from './ohif/mount/OwnRoot';

/**
 * The UMD bundle has the React of its host, which may lack `react-dom/client` and be of another
 * major version.
 */
const inPanel = typeof __SHARES_REACT__ !== 'undefined' && __SHARES_REACT__ ? inHostRoot : inOwnRoot;

export default function getPanelModule(
  controller: AspectsController,
  commandsManager: CommandsManager,
  checkInstallation: () => Promise<readonly InstallationNotice[]>
) {
  const run: RunCommand = (name, ...options) => {
    commandsManager.runCommand(name, (options[0] ?? {}) as Record<string, unknown>, COMMANDS_CONTEXT);
  };
  return [
    {
      name: 'aspects',
      iconName: 'tab-roi-threshold',
      iconLabel: 'ASPECTS',
      label: 'ASPECTS',
      component: inPanel(() => (
        <OpenPanel controller={controller}>
          <InstallationNotices check={checkInstallation} watch={controller}>
            <AspectsPanel watch={controller} run={run} />
          </InstallationNotices>
        </OpenPanel>
      )),
    },
  ];
}

/** Tells the controller while a panel is open. */
function OpenPanel({ controller, children }: { controller: AspectsController; children: ReactNode }) {
  useEffect(() => controller.panelOpened(), [controller]);
  return children;
}

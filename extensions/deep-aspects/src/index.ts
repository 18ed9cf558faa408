import getCommandsModule from './getCommandsModule';
import getCustomizationModule from './getCustomizationModule';
import getHangingProtocolModule from './getHangingProtocolModule';
import getPanelModule from './getPanelModule';
import { id, version } from './id';
import type { AspectsController } from './session/aspectsController';
import { IS_PLAIN_BRAIN_SERIES, isPlainBrainSeries } from './ohif/hangingProtocol/isPlainBrainSeries';
import type { OhifManagers } from './ohif/host/managers';
import { checkThisPage } from './ohif/installation/checkThisPage';
import type { SiteConfiguration } from './ohif/installation/resolveConfiguration';
import { startController } from './ohif/installation/startController';
import { showSides } from './ohif/overlay/sideMarkers';
import { repeatFirstEvents } from './ohif/repeatFirstEvents';

interface Registration extends OhifManagers {
  readonly servicesManager: OhifManagers['servicesManager'] & {
    readonly services: {
      readonly hangingProtocolService: {
        addCustomAttribute(id: string, name: string, read: typeof isPlainBrainSeries): void;
      };
    };
  };
  readonly configuration?: SiteConfiguration;
}

/** One a page: OHIF registers an extension once, before it asks for its modules. */
let controller: AspectsController | undefined;
/** What ends that which goes on in the viewports while the mode is open. */
let endings: readonly (() => void)[] = [];

function theController(): AspectsController {
  if (!controller) {
    throw new Error(`${id} was asked for a module before it was registered`);
  }
  return controller;
}

const extension = {
  id,
  version,

  preRegistration(registration: Registration) {
    registration.servicesManager.services.hangingProtocolService.addCustomAttribute(
      IS_PLAIN_BRAIN_SERIES,
      'Is the plain brain series',
      isPlainBrainSeries
    );
    controller = startController(registration, registration.configuration);
  },

  onModeEnter(managers: OhifManagers) {
    theController().onModeEnter();
    endings = [repeatFirstEvents(managers), showSides(managers)];
  },

  onModeExit() {
    endings.forEach(end => end());
    endings = [];
    theController().onModeExit();
  },

  getCommandsModule: () => getCommandsModule(theController()),
  getPanelModule: (registration: Registration) =>
    getPanelModule(theController(), registration.commandsManager, () =>
      checkThisPage(registration, registration.configuration)
    ),
  getHangingProtocolModule,
  getCustomizationModule: ({ extensionManager, configuration }: Registration) =>
    getCustomizationModule(extensionManager, configuration),
};

export default extension;

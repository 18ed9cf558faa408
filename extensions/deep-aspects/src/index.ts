import getHangingProtocolModule from './getHangingProtocolModule';
import getPanelModule from './getPanelModule';
import { id, version } from './id';
import { BRAIN_SERIES_RANK, rankBrainSeries, type RankedDisplaySet } from './viewer/hangingProtocol/brainSeriesRank';

interface Registration {
  readonly servicesManager: {
    readonly services: {
      readonly hangingProtocolService: {
        addCustomAttribute(id: string, name: string, read: (displaySet: RankedDisplaySet) => unknown): void;
      };
    };
  };
}

const extension = {
  id,
  version,

  preRegistration({ servicesManager }: Registration) {
    servicesManager.services.hangingProtocolService.addCustomAttribute(
      BRAIN_SERIES_RANK,
      'Fitness as the plain brain series',
      rankBrainSeries
    );
  },

  getPanelModule,
  getHangingProtocolModule,
};

export default extension;

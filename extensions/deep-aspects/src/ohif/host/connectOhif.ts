import { findSeries } from '../displaySets';
import { LabelmapOverlay } from '../overlay/labelmapOverlay';
import { readDisplaySet } from '../readDisplaySet';
import type { ViewerPort } from '../../session/viewerPort';
import { currentSlice, jumpToSlice, setWindow, showLevels, sliceName } from '../viewports';
import { HIDE_KEY } from '../../session/commands';
import { whileKeyHeld } from '../whileKeyHeld';
import { translate } from '../../i18n/translate';
import { cornerstoneLibraries, type OhifManagers } from './managers';
import type { Subscription } from './services';

/** The controller's view of a running OHIF. */
export function connectOhif(managers: OhifManagers): ViewerPort {
  const { services } = managers.servicesManager;
  const overlay = new LabelmapOverlay(managers);

  return {
    overlay,
    findSeries: displaySetInstanceUID => findSeries(services, displaySetInstanceUID),
    async readSeries(target, options) {
      const displaySet = services.displaySetService.getDisplaySetByUID(target.displaySetInstanceUID);
      if (!displaySet) {
        throw new Error('The series is no longer open in the viewer.');
      }
      return readDisplaySet(cornerstoneLibraries(managers.extensionManager).cornerstone, displaySet, options);
    },
    currentSlice: target => currentSlice(managers, target),
    jumpToSlice: (target, sopInstanceUID, level) => jumpToSlice(managers, target, sopInstanceUID, level),
    async showLevels(target, slices) {
      await showLevels(managers, target, slices);
      await overlay.showInViewports();
    },
    sliceName: (target, sopInstanceUID) => sliceName(managers, target, sopInstanceUID),
    setWindow: (target, window) => setWindow(managers, target, window),
    onTargetMayHaveChanged(listener) {
      const { displaySetService, viewportGridService, cornerstoneViewportService } = services;
      // A viewport that was just given the series, or a bare one that is worked in, has no overlay yet.
      const arrange = (payload: unknown) => {
        const { viewportId } = (payload ?? {}) as { viewportId?: string };
        void overlay.showInViewports(viewportId).catch(() => undefined);
        listener();
      };
      const subscriptions: Subscription[] = [
        displaySetService.subscribe(displaySetService.EVENTS.DISPLAY_SETS_ADDED, listener),
        displaySetService.subscribe(displaySetService.EVENTS.DISPLAY_SETS_CHANGED, listener),
        viewportGridService.subscribe(viewportGridService.EVENTS.ACTIVE_VIEWPORT_ID_CHANGED, arrange),
        viewportGridService.subscribe(viewportGridService.EVENTS.GRID_STATE_CHANGED, listener),
        cornerstoneViewportService.subscribe(
          cornerstoneViewportService.EVENTS.VIEWPORT_DATA_CHANGED,
          arrange
        ),
      ];
      return () => subscriptions.forEach(subscription => subscription.unsubscribe());
    },
    onHideKey: listener => whileKeyHeld(HIDE_KEY, listener),
    notify(key, tone) {
      services.uiNotificationService.show({ title: 'ASPECTS', message: translate(key), type: tone });
    },
  };
}

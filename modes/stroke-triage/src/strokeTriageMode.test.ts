import type { ModeHost } from './host';
import { createStrokeTriageMode } from './strokeTriageMode';

const before = globalThis.innerWidth;
afterEach(() => {
  globalThis.innerWidth = before;
});

it.each([
  [1920, false],
  [1280, false],
  // 1600 px at 200 %.
  [800, true],
])('in a window of %p px, the images have the room: study browser closed is %p', (width, isClosed) => {
  globalThis.innerWidth = width;
  const host = { servicesManager: { services: { toolbarService: {} } } };
  const { props } = createStrokeTriageMode('mode', {}).routes[0].layoutTemplate(host as unknown as ModeHost);
  expect(props).toMatchObject({ leftPanelClosed: isClosed, leftPanelResizable: true });
});

/** A host that takes the mode in, with what it was told to do otherwise than usual. */
function host() {
  const customizations: Record<string, unknown>[] = [];
  const failures: string[] = [];
  const nothing = () => undefined;
  const services = {
    toolbarService: {
      sections: { primary: 'primary', viewportActionMenu: {} },
      register: nothing,
      updateSection: nothing,
    },
    toolGroupService: { createToolGroupAndAddTools: nothing, destroy: nothing },
    customizationService: {
      setCustomizations: (own: Record<string, unknown>, scope: string) =>
        scope === 'mode' && customizations.push(own),
    },
    measurementService: { clearMeasurements: nothing },
    uiNotificationService: { show: ({ message }: { message: string }) => failures.push(message) },
  };
  const tools = { toolNames: {}, Enums: { MouseBindings: {}, KeyboardBindings: {} } };
  const ohif = {
    servicesManager: { services },
    extensionManager: { getModuleEntry: () => ({ exports: tools }) },
    commandsManager: { runCommand: nothing },
  } as unknown as ModeHost;
  return { ohif, customizations, failures };
}

it('has the host bind its keys and not measure every mask, in this mode alone', () => {
  const { ohif, customizations, failures } = host();
  createStrokeTriageMode('mode', {}).onModeEnter(ohif);
  expect(failures).toEqual([]);
  expect(Object.assign({}, ...customizations)).toEqual({
    'ohif.hotkeyBindings': {
      $push: expect.arrayContaining([expect.objectContaining({ keys: ['shift+a'] })]),
    },
    'panelSegmentation.disableUpdateSegmentationStats': { $set: true },
  });
});

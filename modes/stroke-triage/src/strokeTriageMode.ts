import { ASPECTS_HOTKEYS, PROTOCOL_ID } from 'ohif-extension-deep-aspects/names';
import type { ModeHost } from './host';
import { fillToolbar } from './fillToolbar';
import { createTools, DEFAULT_TOOL_GROUP } from './toolGroups';
import { strokeTriageValidity } from './validity';

const LAYOUT = '@ohif/extension-default.layoutTemplateModule.viewerLayout';
const STUDY_BROWSER = '@ohif/extension-default.panelModule.seriesList';
const ASPECTS_PANEL = 'ohif-extension-deep-aspects.panelModule.aspects';
const TOOLS_UTILITY = '@ohif/extension-cornerstone.utilityModule.tools';

/**
 * After each change of a mask the host would measure all of its segments, in copies of the whole series and
 * mask: 800 MB for 300 slices. The panel says what there is to say of them.
 */
const WITHOUT_STATISTICS = { 'panelSegmentation.disableUpdateSegmentationStats': { $set: true } };

const STACK = {
  namespace: '@ohif/extension-cornerstone.viewportModule.cornerstone',
  displaySetsToDisplay: ['@ohif/extension-default.sopClassHandlerModule.stack'],
};
const SEGMENTATION = {
  namespace: '@ohif/extension-cornerstone-dicom-seg.viewportModule.dicom-seg',
  displaySetsToDisplay: ['@ohif/extension-cornerstone-dicom-seg.sopClassHandlerModule.dicom-seg'],
};
const STRUCTURED_REPORT = {
  namespace: '@ohif/extension-cornerstone-dicom-sr.viewportModule.dicom-sr',
  displaySetsToDisplay: ['@ohif/extension-cornerstone-dicom-sr.sopClassHandlerModule.dicom-sr'],
};
const VIEWPORTS = [STACK, SEGMENTATION, STRUCTURED_REPORT];

/** CSS pixels. */
const NARROW_WINDOW = 1000;

/** 3.11 has one segmentation panel with tools; later versions have one a representation type. */
function segmentationPanel({ servicesManager }: Pick<ModeHost, 'servicesManager'>): string {
  const perType = 'labelMapSegmentationToolbox' in (servicesManager.services.toolbarService.sections ?? {});
  const name = perType ? 'panelSegmentationWithToolsLabelMap' : 'panelSegmentationWithTools';
  return `@ohif/extension-cornerstone.panelModule.${name}`;
}

/**
 * An error here would leave a viewer without viewports and without a word: it is shown, and the
 * viewer goes on.
 */
function enter(host: ModeHost): void {
  const { services } = host.servicesManager;
  try {
    services.measurementService.clearMeasurements();
    const tools = host.extensionManager.getModuleEntry(TOOLS_UTILITY);
    if (!tools || typeof services.toolbarService.register !== 'function') {
      throw new Error('this OHIF lacks what the mode is built on; it needs OHIF 3.11 or newer');
    }
    services.toolGroupService.createToolGroupAndAddTools(DEFAULT_TOOL_GROUP, createTools(tools.exports));
    fillToolbar(services.toolbarService);
    services.customizationService.setCustomizations(
      { 'ohif.hotkeyBindings': { $push: ASPECTS_HOTKEYS }, ...WITHOUT_STATISTICS },
      'mode'
    );
  } catch (error) {
    services.uiNotificationService.show({
      title: 'Stroke triage',
      message: `The stroke triage mode could not start: ${error instanceof Error ? error.message : String(error)}`,
      type: 'error',
      autoClose: false,
    });
  }
}

function leave({ servicesManager }: ModeHost): void {
  const { services } = servicesManager;
  services.uiDialogService?.hideAll?.();
  services.uiModalService?.hide?.();
  services.toolGroupService.destroy();
  services.syncGroupService.destroy();
  services.segmentationService.destroy();
  services.cornerstoneViewportService.destroy();
}

/** The mode object that OHIF asks the factory for. */
export function createStrokeTriageMode(id: string, extensions: Readonly<Record<string, string>>) {
  return {
    id,
    routeName: 'stroke-triage',
    displayName: 'Stroke triage',
    onModeEnter: enter,
    onModeExit: leave,
    validationTags: { study: [], series: [] },
    isValidMode: strokeTriageValidity,
    routes: [
      {
        path: 'stroke-triage',
        layoutTemplate: (host: Pick<ModeHost, 'servicesManager'>) => ({
          id: LAYOUT,
          props: {
            leftPanels: [STUDY_BROWSER],
            leftPanelResizable: true,
            // At big zoom it would leave the images a third of the window.
            leftPanelClosed: globalThis.innerWidth < NARROW_WINDOW,
            rightPanels: [ASPECTS_PANEL, segmentationPanel(host)],
            rightPanelResizable: true,
            viewports: VIEWPORTS,
          },
        }),
      },
    ],
    extensions,
    hangingProtocol: PROTOCOL_ID,
    sopClassHandlers: VIEWPORTS.flatMap(viewport => viewport.displaySetsToDisplay),
  };
}

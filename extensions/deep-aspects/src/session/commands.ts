import type { ReportFormat } from '@deep-aspects/aspects/report';
import type { RegionId, Side } from '@deep-aspects/aspects/scoring';
import type { AspectsController } from './aspectsController';
import type { WindowName } from './mirror/straightSlice';
import type { OverlayStyle } from './state';

export const COMMANDS_CONTEXT = 'DEEP_ASPECTS';

interface RegionOptions {
  readonly side: Side;
  readonly region: RegionId;
}

/** The commands of context `DEEP_ASPECTS` in the form that OHIF's `getCommandsModule` returns. */
export function createCommands(controller: AspectsController) {
  const actions = {
    computeAspects: (options?: { displaySetInstanceUID?: string }) =>
      controller.compute({ displaySetInstanceUID: options?.displaySetInstanceUID }),
    cancelAspects: () => controller.cancel(),
    setRegionAffected: (options: RegionOptions & { affected: boolean }) =>
      controller.setRegionAffected(options),
    undoRegionChange: (options: RegionOptions) => controller.undoRegion(options),
    dismissHaemorrhage: () => controller.dismissHaemorrhage(),
    resetReaderChanges: () => controller.resetReaderChanges(),
    rescoreAspects: () => controller.rescore(),
    jumpToRegion: (options: RegionOptions) => controller.jumpToRegion(options),
    nextAffectedRegion: () => controller.stepAffectedRegion(1),
    previousAffectedRegion: () => controller.stepAffectedRegion(-1),
    toggleAspectsOverlay: () => controller.setOverlay({ visible: !controller.getSnapshot().overlay.visible }),
    setAspectsOverlay: (options: Partial<OverlayStyle>) => controller.setOverlay(options),
    nextAspectsOverlayStyle: () => controller.nextOverlayMode(),
    toggleAspectsWindow: () => controller.toggleWindow(),
    discardAspectsDraft: () => controller.discardDraft(),
    answerAspectsConfirmation: (options: { yes: boolean }) => controller.answerConfirmation(options.yes),
    showBothAspectsLevels: () => controller.showBothLevels(),
    toggleMirrorComparison: () => controller.toggleMirror(),
    stepMirrorComparison: (options: { step: 1 | -1 }) => controller.stepMirror(options.step),
    setMirrorWindow: (options: { window: WindowName }) => controller.setMirrorWindow(options.window),
    copyAspectsReport: (options?: { length?: 'short' | 'long' }) =>
      controller.copyReport({ length: options?.length }),
    downloadAspectsReport: (options?: { format?: ReportFormat; anonymous?: boolean }) =>
      controller.downloadReport({ format: options?.format, anonymous: options?.anonymous }),
    storeAspectsReport: () => controller.storeReport(),
  };
  const definitions = Object.fromEntries(
    Object.entries(actions).map(([name, commandFn]) => [name, { commandFn }])
  );
  return { actions, definitions, defaultContext: COMMANDS_CONTEXT };
}

/** Held down, it hides the overlay. */
export const HIDE_KEY = 'o';

/** Keys of the reading aids, in the form of OHIF's hotkey definitions (the mode lists them). */
export const ASPECTS_HOTKEYS = (
  [
    ['computeAspects', 'Compute ASPECTS', 'shift+a'],
    ['nextAffectedRegion', 'Next affected region', 'shift+n'],
    ['previousAffectedRegion', 'Previous affected region', 'shift+p'],
    ['toggleAspectsOverlay', 'ASPECTS overlay on/off', 'shift+o'],
    ['nextAspectsOverlayStyle', 'ASPECTS overlay: next style', 'shift+s'],
    ['toggleAspectsWindow', 'Stroke window / brain window', 'shift+w'],
    ['toggleMirrorComparison', 'Left-right comparison of the slice', 'shift+m'],
  ] as const
).map(([commandName, label, key]) => ({
  commandName,
  context: COMMANDS_CONTEXT,
  label,
  keys: [key],
  isEditable: true,
}));

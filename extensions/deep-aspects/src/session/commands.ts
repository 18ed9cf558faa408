import type { RegionId, Side } from '@deep-aspects/aspects/scoring';
import type { AspectsController } from './aspectsController';
import type { ReportFormat } from './reportPort';
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
    resetReaderChanges: () => controller.resetReaderChanges(),
    rescoreAspects: () => controller.rescore(),
    jumpToRegion: (options: RegionOptions) => controller.jumpToRegion(options),
    nextAffectedRegion: () => controller.stepAffectedRegion(1),
    previousAffectedRegion: () => controller.stepAffectedRegion(-1),
    toggleAspectsOverlay: () => controller.setOverlay({ visible: !controller.getSnapshot().overlay.visible }),
    setAspectsOverlay: (options: Partial<OverlayStyle>) => controller.setOverlay(options),
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

/** Keys of the reading aids, in the form of OHIF's hotkey definitions (the mode lists them). */
export const ASPECTS_HOTKEYS = [
  {
    commandName: 'computeAspects',
    context: COMMANDS_CONTEXT,
    label: 'Compute ASPECTS',
    keys: ['shift+a'],
    isEditable: true,
  },
  {
    commandName: 'nextAffectedRegion',
    context: COMMANDS_CONTEXT,
    label: 'Next affected region',
    keys: ['shift+n'],
    isEditable: true,
  },
  {
    commandName: 'previousAffectedRegion',
    context: COMMANDS_CONTEXT,
    label: 'Previous affected region',
    keys: ['shift+p'],
    isEditable: true,
  },
  {
    commandName: 'toggleAspectsOverlay',
    context: COMMANDS_CONTEXT,
    label: 'ASPECTS overlay on/off',
    keys: ['shift+o'],
    isEditable: true,
  },
  {
    commandName: 'toggleMirrorComparison',
    context: COMMANDS_CONTEXT,
    label: 'Left-right comparison of the slice',
    keys: ['shift+m'],
    isEditable: true,
  },
];

import type { Level } from '@deep-aspects/aspects/scoring';
import {
  LEVEL_VIEWPORTS,
  levelOf,
  PROTOCOL_ID,
  STAGES,
  STROKE_WINDOW,
} from './hangingProtocol/strokeTriageProtocol';
import { ctMetadataOf } from './ctMetadata';
import { viewportsShowing } from './displaySets';
import { holdPictures } from './heldPictures';
import { cornerstoneLibraries, type OhifManagers } from './host/managers';
import { moveViewportToSlice } from './moveViewport';
import type { ScoringTarget } from '../session/state';
import type { WindowLevel } from '../session/viewerPort';

/** How long to wait for the host to build the viewports of a new layout, ms. */
const LAYOUT_TIMEOUT_MS = 3000;
const LAYOUT_POLL_MS = 50;

/** SOP Instance UID of the slice in the active viewport; null where it shows another series. */
export function currentSlice(managers: OhifManagers, target: ScoringTarget): string | null {
  const { viewportGridService, cornerstoneViewportService } = managers.servicesManager.services;
  const { activeViewportId } = viewportGridService.getState();
  const ids = viewportsShowing(viewportGridService, target.displaySetInstanceUID);
  if (!activeViewportId || !ids.includes(activeViewportId)) {
    return null;
  }
  const imageId = cornerstoneViewportService.getCornerstoneViewport(activeViewportId)?.getCurrentImageId?.();
  const { cornerstone } = cornerstoneLibraries(managers.extensionManager);
  return imageId ? ctMetadataOf(cornerstone, imageId).sopInstanceUID : null;
}

/**
 * Moves the viewports of a level to that slice; without a level those of the active viewport's. Every
 * viewport that shows the series where the layout has no columns.
 */
export async function jumpToSlice(
  managers: OhifManagers,
  target: ScoringTarget,
  sopInstanceUID: string,
  level: Level | null
): Promise<void> {
  const { viewportGridService } = managers.servicesManager.services;
  const ids = viewportsShowing(viewportGridService, target.displaySetInstanceUID);
  const { activeViewportId } = viewportGridService.getState();
  const column = columnOf(ids, level ?? levelOf(activeViewportId ?? '') ?? 'ganglionic');
  await Promise.all(column.map(viewportId => moveViewport(managers, viewportId, target, sopInstanceUID)));
}

/** Those of the viewports that are for the level; all of them where none is. */
function columnOf(viewportIds: readonly string[], level: Level): readonly string[] {
  const column = viewportIds.filter(viewportId => levelOf(viewportId) === level);
  return column.length > 0 ? column : viewportIds;
}

/**
 * A column for each level in the protocol's result stage; elsewhere the first viewport that shows the series
 * gets the ganglionic and the second the supraganglionic slice.
 */
export async function showLevels(
  managers: OhifManagers,
  target: ScoringTarget,
  slices: Readonly<Record<Level, string>>
): Promise<void> {
  const { viewportGridService, hangingProtocolService } = managers.servicesManager.services;
  if (hangingProtocolService.getActiveProtocol?.().protocol?.id === PROTOCOL_ID) {
    await openResultStage(managers, target);
  }
  const ids = viewportsShowing(viewportGridService, target.displaySetInstanceUID);
  await Promise.all(
    ids.map((viewportId, index) => {
      const level = levelOf(viewportId) ?? (index === 1 ? 'supraganglionic' : 'ganglionic');
      return moveViewport(managers, viewportId, target, slices[level]);
    })
  );
}

/**
 * As the host's own corner text: instance number, and place in the order in which the slices are scrolled.
 */
export function sliceName(managers: OhifManagers, target: ScoringTarget, sopInstanceUID: string): string {
  const { displaySetService } = managers.servicesManager.services;
  const { cornerstone } = cornerstoneLibraries(managers.extensionManager);
  const imageIds = displaySetService.getDisplaySetByUID(target.displaySetInstanceUID)?.imageIds ?? [];
  const metadata = imageIds.map(imageId => ctMetadataOf(cornerstone, imageId));
  const index = metadata.findIndex(one => one.sopInstanceUID === sopInstanceUID);
  return `I: ${metadata[index]?.instanceNumber ?? ''} (${index + 1}/${imageIds.length})`;
}

/** Sets the window of every viewport that shows the series. */
export function setWindow(
  managers: OhifManagers,
  target: ScoringTarget,
  { windowWidth, windowCenter }: WindowLevel
): void {
  const { viewportGridService } = managers.servicesManager.services;
  for (const viewportId of viewportsShowing(viewportGridService, target.displaySetInstanceUID)) {
    managers.commandsManager.runCommand('setViewportWindowLevel', {
      viewportId,
      windowWidth,
      windowCenter,
    });
  }
}

/**
 * Changes to the stage with the two levels; where the protocol's own choice is another series, gives it ours.
 */
async function openResultStage(managers: OhifManagers, target: ScoringTarget): Promise<void> {
  const { viewportGridService, cornerstoneViewportService } = managers.servicesManager.services;
  const panes = Object.values(LEVEL_VIEWPORTS).flat();
  const built = () =>
    panes.every(
      viewportId =>
        viewportGridService.getState().viewports.has(viewportId) &&
        (cornerstoneViewportService.getCornerstoneViewport(viewportId)?.getImageIds?.().length ?? 0) > 0
    );
  if (!built()) {
    holdPictures(managers, panes);
    managers.commandsManager.runCommand('setHangingProtocol', {
      protocolId: PROTOCOL_ID,
      stageId: STAGES.result,
    });
    await until(built);
    // The host gives a series the window in which it was shown last, which was the brain window.
    setWindow(managers, target, STROKE_WINDOW);
    // Where the mask can be seen: the host's brush works on the active viewport.
    viewportGridService.setActiveViewportId?.(LEVEL_VIEWPORTS.ganglionic[1]);
  }
  const others = [...viewportGridService.getState().viewports.values()].filter(
    viewport => !viewport.displaySetInstanceUIDs?.includes(target.displaySetInstanceUID)
  );
  if (others.length > 0) {
    viewportGridService.setDisplaySetsForViewports(
      others.map(({ viewportId }) => ({ viewportId, displaySetInstanceUIDs: [target.displaySetInstanceUID] }))
    );
    await until(built);
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + LAYOUT_TIMEOUT_MS;
  while (!condition() && Date.now() < deadline) {
    await new Promise(resolve => setTimeout(resolve, LAYOUT_POLL_MS));
  }
}

async function moveViewport(
  managers: OhifManagers,
  viewportId: string,
  target: ScoringTarget,
  sopInstanceUID: string
): Promise<void> {
  const viewport =
    managers.servicesManager.services.cornerstoneViewportService.getCornerstoneViewport(viewportId);
  if (!viewport) {
    return;
  }
  const { cornerstone } = cornerstoneLibraries(managers.extensionManager);
  const displaySet = managers.servicesManager.services.displaySetService.getDisplaySetByUID(
    target.displaySetInstanceUID
  );
  const imageIds = viewport.getImageIds?.() ?? displaySet?.imageIds ?? [];
  await moveViewportToSlice(cornerstone, viewport, imageIds, sopInstanceUID);
}

import { PROTOCOL_ID, STAGES, VIEWPORTS } from './hangingProtocol/strokeTriageProtocol';
import { ctMetadataOf } from './ctMetadata';
import { viewportsShowing } from './displaySets';
import { cornerstoneLibraries, type OhifManagers } from './host/managers';
import { moveViewportToSlice } from './moveViewport';
import type { ScoringTarget } from '../session/state';

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

/** Moves every viewport that shows the series to that slice. */
export async function jumpToSlice(
  managers: OhifManagers,
  target: ScoringTarget,
  sopInstanceUID: string
): Promise<void> {
  const { viewportGridService } = managers.servicesManager.services;
  const ids = viewportsShowing(viewportGridService, target.displaySetInstanceUID);
  await Promise.all(ids.map(viewportId => moveViewport(managers, viewportId, target, sopInstanceUID)));
}

/**
 * Both levels at once: in the two viewports of the protocol's result stage, else in the first two viewports that show the
 * series, else the first level in the only one.
 */
export async function showSideBySide(
  managers: OhifManagers,
  target: ScoringTarget,
  [ganglionic, supraganglionic]: readonly [string, string]
): Promise<void> {
  const { viewportGridService, hangingProtocolService } = managers.servicesManager.services;
  if (hangingProtocolService.getActiveProtocol?.().protocol?.id === PROTOCOL_ID) {
    await openResultStage(managers, target);
  }
  const ids = viewportsShowing(viewportGridService, target.displaySetInstanceUID);
  const levels = ids.includes(VIEWPORTS.ganglionic)
    ? [VIEWPORTS.ganglionic, VIEWPORTS.supraganglionic]
    : ids.slice(0, 2);
  await Promise.all(
    ids.map(viewportId =>
      moveViewport(managers, viewportId, target, viewportId === levels[1] ? supraganglionic : ganglionic)
    )
  );
}

/** Changes to the stage with the two levels; where the protocol's own choice is another series, gives it ours. */
async function openResultStage(managers: OhifManagers, target: ScoringTarget): Promise<void> {
  const { viewportGridService, cornerstoneViewportService } = managers.servicesManager.services;
  const built = () =>
    [VIEWPORTS.ganglionic, VIEWPORTS.supraganglionic].every(
      viewportId =>
        viewportGridService.getState().viewports.has(viewportId) &&
        (cornerstoneViewportService.getCornerstoneViewport(viewportId)?.getImageIds?.().length ?? 0) > 0
    );
  if (built()) {
    return;
  }
  managers.commandsManager.runCommand('setHangingProtocol', {
    protocolId: PROTOCOL_ID,
    stageId: STAGES.result,
  });
  await until(built);
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

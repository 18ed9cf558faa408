import type { DisplaySet, DisplaySetService, ViewportGridService } from './host/services';
import type { ScoringTarget } from '../session/state';

interface Services {
  readonly displaySetService: DisplaySetService;
  readonly viewportGridService: ViewportGridService;
}

/** Acquired images: not what the viewer made itself, such as the display set of a new segmentation. */
function isAcquired(displaySet: DisplaySet | undefined): displaySet is DisplaySet {
  return displaySet !== undefined && !displaySet.madeInClient && (displaySet.imageIds?.length ?? 0) > 0;
}

/**
 * What a click would score: the named display set, else the one in the active viewport, whatever it is (an MR is then
 * refused with a reason), else the CT series with most images.
 */
export function findTarget(services: Services, displaySetInstanceUID?: string): ScoringTarget | null {
  const displaySet = displaySetInstanceUID
    ? services.displaySetService.getDisplaySetByUID(displaySetInstanceUID)
    : (activeDisplaySet(services) ?? largestCt(services));
  return isAcquired(displaySet) ? targetOf(displaySet) : null;
}

function activeDisplaySet({ displaySetService, viewportGridService }: Services): DisplaySet | undefined {
  const { activeViewportId, viewports } = viewportGridService.getState();
  const shown = activeViewportId ? viewports.get(activeViewportId)?.displaySetInstanceUIDs : undefined;
  return (shown ?? []).map(uid => displaySetService.getDisplaySetByUID(uid)).find(isAcquired);
}

function largestCt({ displaySetService }: Services): DisplaySet | undefined {
  return displaySetService
    .getActiveDisplaySets()
    .filter(displaySet => isAcquired(displaySet) && displaySet.Modality === 'CT')
    .reduce<DisplaySet | undefined>(
      (largest, one) => ((one.imageIds?.length ?? 0) > (largest?.imageIds?.length ?? 0) ? one : largest),
      undefined
    );
}

function targetOf(displaySet: DisplaySet): ScoringTarget {
  return {
    displaySetInstanceUID: displaySet.displaySetInstanceUID,
    studyInstanceUID: displaySet.StudyInstanceUID,
    seriesInstanceUID: displaySet.SeriesInstanceUID,
    modality: displaySet.Modality,
    description: displaySet.SeriesDescription ?? '',
    imageCount: displaySet.imageIds?.length ?? 0,
  };
}

/** Ids of the viewports in which the display set is shown. */
export function viewportsShowing(
  viewportGridService: ViewportGridService,
  displaySetInstanceUID: string
): string[] {
  return [...viewportGridService.getState().viewports.values()]
    .filter(viewport => viewport.displaySetInstanceUIDs?.includes(displaySetInstanceUID))
    .map(viewport => viewport.viewportId);
}

import type { DisplaySet, DisplaySetService, ViewportGridService } from './host/services';
import { isPlainBrainSeries } from './hangingProtocol/isPlainBrainSeries';
import type { ScoringTarget } from '../session/state';
import type { FoundSeries } from '../session/viewerPort';

interface Services {
  readonly displaySetService: DisplaySetService;
  readonly viewportGridService: ViewportGridService;
}

/** Acquired images: not what the viewer made itself, such as the display set of a new segmentation. */
function isAcquired(displaySet: DisplaySet | undefined): displaySet is DisplaySet {
  return displaySet !== undefined && !displaySet.madeInClient && (displaySet.imageIds?.length ?? 0) > 0;
}

/**
 * What a click would score: the named display set, else the CT series in the active viewport, else
 * the study's plain brain series. Anything but CT in the active viewport is told, and scored only
 * where it is named.
 */
export function findSeries(services: Services, displaySetInstanceUID?: string): FoundSeries {
  if (displaySetInstanceUID) {
    const named = services.displaySetService.getDisplaySetByUID(displaySetInstanceUID);
    return { target: isAcquired(named) ? targetOf(named) : null, active: null };
  }
  const active = activeDisplaySet(services);
  if (active?.Modality === 'CT') {
    return { target: targetOf(active), active: null };
  }
  const best = bestCt(services);
  return { target: best ? targetOf(best) : null, active: active ? targetOf(active) : null };
}

function activeDisplaySet({ displaySetService, viewportGridService }: Services): DisplaySet | undefined {
  const { activeViewportId, viewports } = viewportGridService.getState();
  const shown = activeViewportId ? viewports.get(activeViewportId)?.displaySetInstanceUIDs : undefined;
  return (shown ?? []).map(uid => displaySetService.getDisplaySetByUID(uid)).find(isAcquired);
}

/** The series that the viewports open with, else the CT series with most images. */
function bestCt({ displaySetService }: Services): DisplaySet | undefined {
  const all = displaySetService.getActiveDisplaySets().filter(isAcquired);
  const series = all.filter(({ Modality }) => Modality === 'CT');
  const count = ({ imageIds = [] }: DisplaySet) => imageIds.length;
  return (
    series.find(one => isPlainBrainSeries(one, { displaySets: all }) === 1) ??
    [...series].sort((a, b) => count(b) - count(a))[0]
  );
}

function targetOf(displaySet: DisplaySet): ScoringTarget {
  return {
    displaySetInstanceUID: displaySet.displaySetInstanceUID,
    studyInstanceUID: displaySet.StudyInstanceUID,
    seriesInstanceUID: displaySet.SeriesInstanceUID,
    modality: displaySet.Modality,
    description: displaySet.SeriesDescription ?? '',
    seriesNumber: displaySet.SeriesNumber,
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

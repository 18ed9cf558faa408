import { ctMetadataOf } from '../ctMetadata';
import { cornerstoneLibraries, type OhifManagers } from '../host/managers';
import type { HostViewport } from '../host/services';
import { onImageRendered } from './onImageRendered';

const MARKER_CLASS = 'dasp-side-marker';
/** On a ground of its own: in a narrow pane the skull, which is as bright, reaches under it. */
const STYLE =
  'position: absolute; pointer-events: none; font: 600 14px Inter, system-ui, sans-serif; color: #e6edf7; ' +
  'padding: 0 3px; border-radius: 3px; background: rgb(0 0 0 / 60%);';
/** Right: next to the host's scrollbar. Below: above the name of the level. */
const PLACES = {
  right: 'top: 50%; right: 20px; transform: translateY(-50%);',
  bottom: 'bottom: calc(2% + 18px); left: 50%; transform: translateX(-50%);',
} as const;
type Edge = keyof typeof PLACES;

/**
 * The letters that the host leaves out: it says what lies above and left of a picture, and a reader of an
 * axial slice looks for the L on its right. Right always, below where left or right is there, in the host's
 * own notation (`L`, `LP`); none where the images do not say how they lie. By where points of the canvas lie
 * in the patient, so that turned and mirrored panes are right. Returns what ends it.
 */
export function showSides({ servicesManager, extensionManager }: OhifManagers): () => void {
  const { viewportGridService, cornerstoneViewportService } = servicesManager.services;
  const markers = new Map<string, HTMLElement>();

  const draw = (viewportId: string): void => {
    const viewport = cornerstoneViewportService.getCornerstoneViewport(viewportId);
    if (!viewport || !viewportGridService.getState().viewports.has(viewportId)) {
      return;
    }
    const letters = lettersOf(viewport);
    for (const edge of Object.keys(PLACES) as Edge[]) {
      const key = `${viewportId} ${edge}`;
      // The host throws its elements away when it builds a viewport anew.
      let marker = markers.get(key);
      if (!marker?.isConnected) {
        marker = makeMarker(edge);
        markers.set(key, marker);
        (viewport.canvas.parentElement ?? viewport.element).append(marker);
      }
      if (marker.textContent !== letters[edge]) {
        marker.textContent = letters[edge];
      }
    }
  };

  const lettersOf = (viewport: HostViewport): Record<Edge, string> => {
    const { cornerstone, cornerstoneTools } = cornerstoneLibraries(extensionManager);
    const imageId = viewport.getCurrentImageId?.();
    if (!imageId || !ctMetadataOf(cornerstone, imageId).imageOrientationPatient) {
      return { right: '', bottom: '' };
    }
    const { getOrientationStringLPS } = cornerstoneTools.utilities.orientation;
    const origin = viewport.canvasToWorld([0, 0]);
    const towards = (x: number, y: number): string => {
      const point = viewport.canvasToWorld([x, y]);
      return getOrientationStringLPS([point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]]);
    };
    const below = towards(0, 1);
    return { right: towards(1, 0), bottom: /^[LR]/.test(below) ? below : '' };
  };

  const end = onImageRendered(draw);
  return () => {
    end();
    markers.forEach(marker => marker.remove());
  };
}

function makeMarker(edge: Edge): HTMLElement {
  const marker = document.createElement('div');
  marker.className = MARKER_CLASS;
  marker.dataset.edge = edge;
  marker.setAttribute('aria-hidden', 'true');
  marker.style.cssText = `${STYLE} ${PLACES[edge]}`;
  return marker;
}

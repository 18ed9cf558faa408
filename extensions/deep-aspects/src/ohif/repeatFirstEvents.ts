import { VIEWPORTS } from './hangingProtocol/strokeTriageProtocol';
import type { OhifManagers } from './host/managers';
import type { CornerstoneViewportService } from './host/services';

/** When the host's corner texts listen at the latest: soon, and later on a slow machine. */
const DELAYS_MS = [300, 2000];

/** A viewport as far as its camera and window are concerned. */
interface ShownViewport {
  readonly id: string;
  readonly element: HTMLDivElement;
  getCamera(): unknown;
  getProperties(): { readonly voiRange?: unknown };
}

/**
 * Says again which camera and window a viewport of the mode has. OHIF draws the side letters (R, A) and the
 * window only after the first change that its texts have heard of, and when a study is opened by its address
 * they begin to listen too late: a reader would see a head without a side. Returns what ends it.
 */
export function repeatFirstEvents({ servicesManager }: OhifManagers): () => void {
  const { cornerstoneViewportService } = servicesManager.services;
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const subscription = cornerstoneViewportService.subscribe(
    cornerstoneViewportService.EVENTS.VIEWPORT_DATA_CHANGED,
    () => {
      for (const delay of DELAYS_MS) {
        const timer = setTimeout(() => {
          timers.delete(timer);
          Object.values(VIEWPORTS).forEach(id => repeat(cornerstoneViewportService, id));
        }, delay);
        timers.add(timer);
      }
    }
  );
  return () => {
    subscription.unsubscribe();
    timers.forEach(clearTimeout);
  };
}

function repeat(service: CornerstoneViewportService, viewportId: string): void {
  const viewport = service.getCornerstoneViewport(viewportId) as unknown as ShownViewport | null | undefined;
  const range = viewport?.getProperties().voiRange;
  if (!viewport || !range) {
    return;
  }
  const camera = viewport.getCamera();
  const announce = (type: string, detail: object) =>
    viewport.element.dispatchEvent(
      new CustomEvent(type, { detail: { viewportId, element: viewport.element, ...detail } })
    );
  announce('CORNERSTONE_CAMERA_MODIFIED', { camera, previousCamera: camera });
  announce('CORNERSTONE_VOI_MODIFIED', { range });
}

import type { OhifManagers } from './host/managers';
import { onImageRendered } from './overlay/onImageRendered';

/** Longest that a picture may stand for one that is still to come, ms. */
const MOST_MS = 3000;

/**
 * A host that builds new panes leaves them black for a frame or more. So the pictures of those before stay
 * over them until each of the awaited viewports has drawn its own.
 */
export function holdPictures({ servicesManager }: OhifManagers, awaited: readonly string[]): void {
  const { viewportGridService, cornerstoneViewportService } = servicesManager.services;
  const held = [...viewportGridService.getState().viewports.keys()].flatMap(viewportId => {
    const canvas = cornerstoneViewportService.getCornerstoneViewport(viewportId)?.canvas;
    return canvas ? [pictureOf(canvas)] : [];
  });
  document.body.append(...held);
  const missing = new Set(awaited);
  const release = (): void => {
    clearTimeout(timer);
    endListening();
    held.forEach(picture => picture.remove());
  };
  const timer = setTimeout(release, MOST_MS);
  const endListening = onImageRendered(viewportId => {
    // A pane without images is drawn as well.
    if (cornerstoneViewportService.getCornerstoneViewport(viewportId)?.getActors().length) {
      missing.delete(viewportId);
    }
    if (missing.size === 0) {
      requestAnimationFrame(release);
    }
  });
}

/** What the canvas shows, at its place on the page. */
function pictureOf(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const picture = document.createElement('canvas');
  picture.className = 'dasp-held-picture';
  picture.setAttribute('aria-hidden', 'true');
  picture.width = canvas.width;
  picture.height = canvas.height;
  picture.getContext('2d')?.drawImage(canvas, 0, 0);
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const place = { left, top, width, height };
  Object.entries(place).forEach(([name, value]) => picture.style.setProperty(name, `${value}px`));
  picture.style.position = 'fixed';
  picture.style.zIndex = '1';
  picture.style.pointerEvents = 'none';
  return picture;
}

/**
 * Comes with every frame that is drawn: a new slice, zoom, pan, turn or window. It does not bubble, but can
 * be captured.
 */
const RENDERED = 'CORNERSTONE_IMAGE_RENDERED';

/** Calls back with the id of every viewport that is drawn, thumbnails too. Returns what ends it. */
export function onImageRendered(listener: (viewportId: string) => void): () => void {
  const onRendered = (event: Event): void => {
    const { viewportId } = (event as CustomEvent<{ viewportId?: string }>).detail ?? {};
    if (viewportId) {
      listener(viewportId);
    }
  };
  document.addEventListener(RENDERED, onRendered, true);
  return () => document.removeEventListener(RENDERED, onRendered, true);
}

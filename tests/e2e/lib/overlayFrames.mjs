const DRAW_TIMEOUT_MS = 60_000;

/**
 * Looks at every frame that the host draws of a slice with ASPECTS regions, from the next loading of the
 * page on: how much of the regions is (nearly) black, as the reader sees it.
 */
export function recordOverlayFrames(page) {
  return page.addInitScript(() => {
    /** About every 6th pixel of every 6th row is enough, and does not hold up the host. */
    const STEP = 37;
    const NEARLY_BLACK = 30;
    const frames = (window.overlayFrames = []);

    function regionsOn(imageId) {
      const { segmentationService } = window.services;
      const regions = segmentationService.getSegmentations().find(one => one.label === 'ASPECTS regions');
      const planes =
        regions &&
        segmentationService.getSegmentation(regions.segmentationId).representationData.Labelmap.imageIds;
      return planes
        ?.map(id => window.cornerstone.cache.getImage(id))
        .find(image => image?.referencedImageId === imageId)
        ?.voxelManager.getScalarData();
    }

    function look(viewport) {
      const imageId = viewport.getCurrentImageId();
      const labels = regionsOn(imageId);
      if (!labels) {
        return;
      }
      const plane = window.cornerstone.metaData.get('imagePlaneModule', imageId);
      const { width, height } = viewport.canvas;
      const { data } = viewport.canvas.getContext('2d').getImageData(0, 0, width, height);
      const counts = { all: 0, dark: 0 };
      for (let i = 0; i < labels.length; i += STEP) {
        if (labels[i] > 0) {
          const [x, y] = [i % plane.columns, Math.floor(i / plane.columns)];
          const world = plane.imagePositionPatient.map(
            (origin, axis) =>
              origin +
              plane.rowCosines[axis] * plane.columnPixelSpacing * x +
              plane.columnCosines[axis] * plane.rowPixelSpacing * y
          );
          const [left, top] = viewport.worldToCanvas(world).map(at => Math.round(at * devicePixelRatio));
          const rgb = data.subarray(4 * (top * width + left), 4 * (top * width + left) + 3);
          counts.all += 1;
          counts.dark += Math.max(...rgb) < NEARLY_BLACK ? 1 : 0;
        }
      }
      if (counts.all > 0) {
        frames.push({
          viewportId: viewport.id,
          slice: viewport.getCurrentImageIdIndex(),
          dark: counts.dark / counts.all,
        });
      }
    }

    // The event comes when the frame lies on the page's canvas; it does not bubble, but can be captured.
    document.addEventListener(
      'CORNERSTONE_IMAGE_RENDERED',
      ({ detail: { viewportId } }) => {
        const { viewportGridService, cornerstoneViewportService } = window.services ?? {};
        // Thumbnails are drawn too.
        if (viewportGridService?.getState().viewports.has(viewportId)) {
          look(cornerstoneViewportService.getCornerstoneViewport(viewportId));
        }
      },
      true
    );
  });
}

/**
 * Waits until each viewport's last frame, if any was drawn, is of the slice that it shows, with that slice's
 * outlines over it.
 */
export function untilOutlined(page, viewportIds) {
  return page.waitForFunction(
    ids => {
      const last = new Map(window.overlayFrames.map(frame => [frame.viewportId, frame]));
      return ids.every(id => {
        const viewport = window.services.cornerstoneViewportService.getCornerstoneViewport(id);
        const { SOPInstanceUID } = window.cornerstone.metaData.get('instance', viewport.getCurrentImageId());
        const layer = viewport.element.querySelector('.dasp-outlines');
        return (
          (last.get(id)?.slice ?? viewport.getCurrentImageIdIndex()) === viewport.getCurrentImageIdIndex() &&
          layer?.dataset.slice === SOPInstanceUID &&
          (id.endsWith('-plain') || layer.querySelector('path') !== null)
        );
      });
    },
    viewportIds,
    { timeout: DRAW_TIMEOUT_MS }
  );
}

/** The frames since the last call. */
export function takeFrames(page) {
  return page.evaluate(() => window.overlayFrames.splice(0));
}

/** Counts frames from now on. @returns a function for how many were drawn, by pane that any was drawn in */
export async function countFrames(page) {
  await page.evaluate(() => {
    window.drawnFrames = {};
    document.addEventListener(
      'CORNERSTONE_IMAGE_RENDERED',
      ({ detail: { viewportId } }) => {
        window.drawnFrames[viewportId] = (window.drawnFrames[viewportId] ?? 0) + 1;
      },
      true
    );
  });
  return () => page.evaluate(() => window.drawnFrames);
}

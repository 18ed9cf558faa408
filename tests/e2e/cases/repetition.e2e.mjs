import assert from 'node:assert/strict';
import { twoSliceStudy } from '../lib/derivedStudy.mjs';
import { compute } from '../lib/panel.mjs';

const ONCE = ['3.12.10'];
const RUNS = 10;
/** By then everything that is kept is there: sessions, caches, compiled code. */
const WARM_RUNS = 3;
/**
 * A labelmap of the series has 0.5 MiB; the code that the browser compiles meanwhile varies by
 * more than that.
 */
const HEAP_GROWTH_MIB = 6;

/**
 * Everything that could pile up: in the host's services, in cornerstone, and as workers; once all
 * viewports are drawn.
 */
async function holdings(page) {
  // A slice, and over it two masks but in a bare pane.
  await page.waitForFunction(() =>
    [...window.services.viewportGridService.getState().viewports.keys()].every(
      id =>
        window.services.cornerstoneViewportService.getCornerstoneViewport(id).getActors().length ===
        (id.endsWith('-plain') ? 1 : 3)
    )
  );
  const inPage = await page.evaluate(() => {
    const { segmentationService, displaySetService, viewportGridService, cornerstoneViewportService } =
      window.services;
    const { cache, eventTarget } = window.cornerstone;
    const listenersOf = service =>
      Object.values(service.listeners ?? {}).reduce((sum, list) => sum + list.length, 0);
    const viewports = [...viewportGridService.getState().viewports.keys()];
    return {
      segmentations: segmentationService.getSegmentations().length,
      representations: viewports.map(id => segmentationService.getSegmentationRepresentations(id).length),
      actors: viewports.map(id => cornerstoneViewportService.getCornerstoneViewport(id).getActors().length),
      displaySets: displaySetService.getActiveDisplaySets().length,
      cachedBytes: cache.getCacheSize(),
      cachedImages: cache._imageCache.size,
      hostListeners: Object.values(window.services).reduce((sum, service) => sum + listenersOf(service), 0),
      cornerstoneListeners: Object.values(eventTarget.listeners).reduce((sum, list) => sum + list.length, 0),
      nodes: document.querySelectorAll('*').length,
    };
  });
  return { ...inPage, workers: ownWorkers(page) };
}

/**
 * The plugin starts its workers from blobs. The host starts its own, from its bundles, whenever it
 * first needs them.
 */
function ownWorkers(page) {
  return page.workers().filter(worker => worker.url().startsWith('blob:')).length;
}

/** JavaScript heap after a garbage collection, MiB. */
async function heapMiB(client) {
  await client.send('HeapProfiler.collectGarbage');
  const { usedSize } = await client.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}

async function runTenTimes(visit, { check, store, studies }) {
  const { page } = visit;
  const uid = await twoSliceStudy(studies.demo.folder, store, '71');
  await visit.openMode(uid);
  const client = await page.context().newCDPSession(page);
  await check('ten computations hold what three hold', async () => {
    let warm;
    for (let run = 1; run <= RUNS; run++) {
      await compute(page);
      if (run === WARM_RUNS) {
        warm = { held: await holdings(page), heap: await heapMiB(client) };
      }
    }
    assert.deepEqual(await holdings(page), warm.held);
    assert.equal(warm.held.segmentations, 2);
    assert.ok(warm.held.workers > 0, 'no worker of the plugin was counted');
    const heap = await heapMiB(client);
    assert.ok(heap - warm.heap < HEAP_GROWTH_MIB, `${warm.heap.toFixed(1)} -> ${heap.toFixed(1)} MiB`);
  });
}

export default [
  { name: 'ten computations leave nothing behind', ohif: ONCE, timeoutMs: 400_000, run: runTenTimes },
];

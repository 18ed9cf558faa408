import { readFile } from 'node:fs/promises';
import { ALL_BY_SWIFTSHADER, launchChromium, newReaderContext } from '../../e2e/lib/chromium.mjs';
import { makeStore, serveOhif } from '../../e2e/lib/installation.mjs';
import { Visit } from '../../e2e/lib/visit.mjs';

const COMPUTE_TIMEOUT_MS = 300_000;

/**
 * A page is at rest when its process used less than this in each of so many seconds, ms: it waits for
 * downloads in between.
 */
const REST_MS = 60;
const QUIET_S = 6;
const LONGEST_READING_S = 120;

/** When the button is clicked: each on the page of the one before, but for those that open their own. */
const CLICKS = [
  { when: 'soon', opens: true, text: 'first, 3 s after the images were there' },
  { when: 'later', opens: true, text: 'first, once the page was at rest' },
  { when: 'again', opens: false, text: 'again' },
  { when: 'again', opens: false, text: 'again' },
];

/**
 * What a reader waits for: from the click on "Compute ASPECTS" to the result in the panel, in an official
 * OHIF build with the plugin, served by the embedded store.
 *
 * @param study `{folder, uid}`: its DICOM files and Study Instance UID
 * @param dist the build to measure, if not this repository's
 * @param gpu whether the browser has the machine's graphics processor, for drawing and for WebGPU
 * @param isQuick only the first click on a page at rest, and one more
 * @returns `computations`: for each click `{text, clickToResult, steps, cpuMs, memoryMb}` in ms and MB;
 *   `steps` by the names that the panel shows; `memoryMb` of the page's process, before the click and at most
 *   so far; `provider` as the panel names it
 */
export async function runInViewer({ study, ohif, dist, gpu, isQuick }) {
  const embedded = await makeStore([study.folder]);
  const site = await serveOhif({ ohif, source: { store: embedded.store }, dist });
  // SwiftShader: as all figures that are kept were measured.
  const browser = await launchChromium(gpu ? { gpu } : { args: [ALL_BY_SWIFTSHADER] });
  try {
    const computations = [];
    let page;
    for (const { when, opens, text } of isQuick ? CLICKS.slice(1, 3) : CLICKS) {
      if (opens) {
        await page?.context().close();
        page = await (await newReaderContext(browser)).newPage();
        await new Visit(page, site.url, 'benchmark').openMode(study.uid);
      }
      await page.locator('[data-cy="aspects-compute"]').waitFor();
      // The host draws its thumbnails and texts for a while after it is ready.
      await page.waitForTimeout(3000);
      if (when === 'later') {
        await untilAtRest(page, browser);
      }
      const held = await pageMemory(browser);
      const before = await cpuTimes(browser);
      const measured = await page.evaluate(compute, COMPUTE_TIMEOUT_MS);
      const after = await cpuTimes(browser);
      const cpuMs = Object.fromEntries(Object.keys(after).map(type => [type, after[type] - before[type]]));
      const memoryMb = { before: held.now, peak: (await pageMemory(browser)).peak };
      computations.push({ text, ...measured, cpuMs, memoryMb });
    }
    return { ohif, computations };
  } finally {
    await browser.close();
    await site.stop();
    await embedded.remove();
  }
}

/** As when a reader has looked at the study: what is fetched, warmed and prepared meanwhile is done. */
async function untilAtRest(page, browser) {
  let quiet = 0;
  for (let second = 0; second < LONGEST_READING_S && quiet < QUIET_S; second++) {
    const before = await cpuTimes(browser);
    await page.waitForTimeout(1000);
    const after = await cpuTimes(browser);
    quiet = after.page - before.page < REST_MS ? quiet + 1 : 0;
  }
}

/** In the page: clicks, and notes when each step is first shown. */
function compute(timeoutMs) {
  const find = handle => document.querySelector(`[data-cy="${handle}"]`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no result in time')), timeoutMs);
    const clicked = performance.now();
    const begun = [];
    const observer = new MutationObserver(() => {
      const now = performance.now();
      const step = find('aspects-progress')?.dataset.step;
      if (step && begun.at(-1)?.step !== step) {
        begun.push({ step, now });
      }
      const refused = find('aspects-error');
      if (!step && begun.length > 0 && (refused || find('aspects-score'))) {
        clearTimeout(timer);
        observer.disconnect();
        const ends = [...begun.slice(1).map(next => next.now), now];
        const steps = Object.fromEntries(begun.map((one, i) => [one.step, ends[i] - one.now]));
        const provider = find('aspects-provider')?.textContent;
        resolve({ clickToResult: now - clicked, steps, provider, refused: refused?.dataset.code });
      }
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
    find('aspects-compute').click();
  });
}

/**
 * Processor time so far of the page's process and of the one that draws, ms; Linux only (100 ticks a second).
 */
async function cpuTimes(browser) {
  const times = { page: 0, drawing: 0 };
  for (const { type, read } of await processes(browser)) {
    const stat = await read('stat');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    times[type] += 10 * (Number(fields[11] ?? 0) + Number(fields[12] ?? 0));
  }
  return times;
}

/** Resident memory of the page's process with its workers, now and at most so far, MB; Linux only. */
async function pageMemory(browser) {
  const pages = (await processes(browser)).filter(({ type }) => type === 'page');
  const memory = { now: 0, peak: 0 };
  for (const { read } of pages) {
    const status = await read('status');
    const megabytes = name => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
    // One that is kept in store for the next page is small.
    memory.now = Math.max(memory.now, megabytes('VmRSS'));
    memory.peak = Math.max(memory.peak, megabytes('VmHWM'));
  }
  return memory;
}

/** The browser's processes that compute or draw; `read` gives a file of `/proc`, '' where it has ended. */
async function processes(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo
    .filter(one => /renderer|gpu/i.test(one.type))
    .map(({ id, type }) => ({
      type: /gpu/i.test(type) ? 'drawing' : 'page',
      read: file => readFile(`/proc/${id}/${file}`, 'utf8').catch(() => ''),
    }));
}

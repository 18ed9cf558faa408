/**
 * README's pictures of the reading screen, of this build and its networks, in an official OHIF: run it
 * when the screen changes visibly. **Synthetic** heads.
 *
 *   npm run build && node scripts/pictures.mjs
 *   mogrify -colors 192 docs/images/{stroke-triage,readers-change,haemorrhage}.png
 */
import path from 'node:path';
import { launchChromium, newReaderContext } from '../tests/e2e/lib/chromium.mjs';
import { makeStore, ROOT, serveOhif } from '../tests/e2e/lib/installation.mjs';
import { paintedStudy } from '../tests/e2e/lib/paintedStudy.mjs';
import { cy } from '../tests/e2e/lib/panel.mjs';
import { namesOnNames, untilDrawn } from '../tests/e2e/lib/readingScreen.mjs';
import { Visit } from '../tests/e2e/lib/visit.mjs';

const OHIF = '3.13.2';
const DEMO = path.join(ROOT, 'demo-server/demo-studies');
const COMPUTE_TIMEOUT_MS = 300_000;
/** The host draws its masks late on a machine without a graphics processor. */
const SETTLE_MS = 5000;
/** A fresh bleeding in the right basal ganglia, with a dark rim; patient coordinates, mm. */
const BLEEDING = { middle: [-26, -2, 14], radii: [13, 17, 16] };

function bleed({ x, y, z }, hu) {
  const [left, back, up] = BLEEDING.middle;
  const [a, b, c] = BLEEDING.radii;
  const out = Math.hypot((x - left) / a, (y - back) / b, (z - up) / c);
  const isBrain = hu > -20 && hu < 80;
  if (!isBrain || out > 1.25) {
    return hu;
  }
  return out < 1 ? 66 + (hu - 34) / 3 : hu - 10;
}

const bled = await paintedStudy(path.join(DEMO, 'normal-old'), {
  suffix: '81',
  name: 'SYNTHETIC^Haemorrhage',
  paint: bleed,
});
const browser = await launchChromium();
const { store, remove } = await makeStore([path.join(DEMO, 'left-mca'), bled.folder]);
const server = await serveOhif({ ohif: OHIF, source: { store } });
try {
  const visit = new Visit(await (await newReaderContext(browser)).newPage(), server.url, 'pictures');
  const { page } = visit;
  const picture = async name => {
    await page.mouse.move(5, 5);
    await page.waitForTimeout(SETTLE_MS);
    console.log(name, await namesOnNames(page));
    await page.screenshot({ path: path.join(ROOT, `docs/images/${name}.png`) });
  };
  const read = async handle => {
    await page.locator(cy('aspects-compute')).click();
    await page.locator(cy(handle)).waitFor({ timeout: COMPUTE_TIMEOUT_MS });
  };

  await visit.openWorklist('SYNTHETIC-001');
  await visit.enterModeFromWorklist('SYNTHETIC-001');
  await read('aspects-score');
  await untilDrawn(page, 'aspects-supraganglionic', 1);
  await picture('stroke-triage');
  await page.locator(cy('aspects-schematic-M5-left')).click();
  await page.locator(cy('aspects-reader-changes')).waitFor();
  await picture('readers-change');

  await visit.openMode(bled.uid);
  await read('aspects-haemorrhage');
  await untilDrawn(page, 'aspects-supraganglionic', 3);
  await picture('haemorrhage');
} finally {
  await browser.close();
  await server.stop();
  await remove();
}

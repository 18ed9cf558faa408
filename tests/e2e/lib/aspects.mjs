import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { compute, cy } from './panel.mjs';
import { until } from './until.mjs';

export { compute, cy };
export const row = (region, side) => cy(`aspects-region-${region}-${side}`);

export const REGIONS = ['C', 'L', 'IC', 'I', 'M1', 'M2', 'M3', 'M4', 'M5', 'M6'];
const COMPUTE_TIMEOUT_MS = 120_000;

/** Waits for a result in the panel; fails with its words where the series is refused. */
export async function untilResult(page) {
  const error = page.locator(cy('aspects-error'));
  await page.locator(cy('aspects-score')).or(error).first().waitFor({ timeout: COMPUTE_TIMEOUT_MS });
  assert.equal(await error.count(), 0, (await error.allInnerTexts()).join());
}

/** Unfolds the table of the twenty regions, or another fold of the panel. */
export async function unfold(page, name = 'regions') {
  const fold = page.locator(cy(`aspects-fold-${name}`));
  if (!(await fold.evaluate(details => details.open))) {
    await fold.locator('summary').click();
  }
}

/** The report in that format, as a reader downloads it from the panel. */
export async function downloadedFile(page, format) {
  await unfold(page, 'files');
  await page.locator(cy('aspects-format')).selectOption(format);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator(cy('aspects-download')).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Switches a region by its row and waits until the new score is there. */
export async function correct(page, region, side) {
  await unfold(page);
  const before = await page.locator(row(region, side)).getAttribute('data-affected');
  await page.locator(row(region, side)).getByRole('switch').click();
  const after = before === 'true' ? 'false' : 'true';
  await page.locator(`${row(region, side)}[data-affected="${after}"]`).waitFor();
}

/** Everything that a reader sees of the result. */
export async function readResult(page) {
  const text = handle => page.locator(cy(handle)).innerText();
  const regions = await page
    .locator('[data-cy^="aspects-region-"]')
    .evaluateAll(rows => rows.map(({ dataset }) => [dataset.cy, dataset.affected, dataset.source].join(' ')));
  assert.equal(regions.length, 2 * REGIONS.length);
  return {
    score: await text('aspects-score'),
    side: await text('aspects-side'),
    bin: await text('aspects-bin'),
    volume: await text('aspects-infarct-volume'),
    regions,
  };
}

/**
 * Number of voxels of each slice of the segmentation with that label, by SOP Instance UID of the CT slice.
 */
export function voxelCounts(page, label) {
  return page.evaluate(wanted => {
    const { cache, metaData } = window.cornerstone;
    const { segmentationService } = window.services;
    const { segmentationId } = segmentationService.getSegmentations().find(one => one.label === wanted);
    const { imageIds } = segmentationService.getSegmentation(segmentationId).representationData.Labelmap;
    return Object.fromEntries(
      imageIds.map(imageId => {
        const image = cache.getImage(imageId);
        const { SOPInstanceUID } = metaData.get('instance', image.referencedImageId);
        return [SOPInstanceUID, image.voxelManager.getScalarData().reduce((n, value) => n + (value > 0), 0)];
      })
    );
  }, label);
}

/** Of both segmentations. */
export const masksOf = page =>
  Promise.all(['ASPECTS regions', 'Infarct'].map(label => voxelCounts(page, label)));

/** Waits until both segmentations are those: slices are written one by one, in turns with the page. */
export async function untilMasks(page, masks) {
  await page.waitForFunction(() => window.services.segmentationService.getSegmentations().length >= 2);
  let shown;
  await until(
    () => `the masks: ${JSON.stringify(shown)}, not ${JSON.stringify(masks)}`,
    async () => isDeepStrictEqual((shown = await masksOf(page)), masks)
  );
}

/**
 * Where the regions of each side lie on average, mm towards the patient's left, by the geometry
 * of the images.
 */
export function middlesOfSides(page) {
  return page.evaluate(() => {
    const { cache, metaData } = window.cornerstone;
    const service = window.services.segmentationService;
    const regions = service.getSegmentations().find(({ label }) => label === 'ASPECTS regions');
    const counts = { left: { xs: 0, n: 0 }, right: { xs: 0, n: 0 } };
    for (const imageId of service.getSegmentation(regions.segmentationId).representationData.Labelmap
      .imageIds) {
      const image = cache.getImage(imageId);
      const plane = metaData.get('imagePlaneModule', image.referencedImageId);
      const data = image.voxelManager.getScalarData();
      for (let i = 0; i < data.length; i += 3) {
        if (data[i] > 0) {
          const count = counts[data[i] <= 10 ? 'left' : 'right'];
          const column = i % plane.columns;
          count.xs += plane.imagePositionPatient[0] + plane.rowCosines[0] * plane.columnPixelSpacing * column;
          count.n += 1;
        }
      }
    }
    return { left: counts.left.xs / counts.left.n, right: counts.right.xs / counts.right.n };
  });
}

export const sum = counts => Object.values(counts).reduce((total, count) => total + count, 0);

/** Presses "Store in PACS" and gives the message next to it once storing has ended as `phase`. */
export async function store(page, phase) {
  await page.locator(cy('aspects-store')).click();
  const message = page.locator(
    `${cy('aspects-store-message')}[data-phase="stored"], ${cy('aspects-store-message')}[data-phase="failed"]`
  );
  await message.waitFor();
  const text = await message.innerText();
  assert.equal(await message.getAttribute('data-phase'), phase, text);
  return text;
}

/**
 * One stroke of the left button over points of a pane, the first with overlay where none is named, given as
 * shares of its width and height.
 */
export async function stroke(page, points, pane = 2) {
  const box = await page.locator(cy('viewport-pane')).nth(pane).boundingBox();
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(points[0]));
  await page.mouse.down();
  for (const point of points) {
    await page.mouse.move(...at(point), { steps: 3 });
  }
  await page.mouse.up();
}

/** Opens the host's segmentation panel and takes one of its tools. */
export async function takeMaskTool(page, id) {
  await page.locator('[data-cy^="panelSegmentationWithTools"][data-cy$="-btn"]').first().click();
  await page.locator(cy(id)).first().click();
}

/** Goes back to the ASPECTS panel from another one. */
export async function openAspectsPanel(page) {
  await page.locator('[data-cy="aspects-btn"]').first().click();
  await page.locator(cy('aspects-score')).waitFor();
}

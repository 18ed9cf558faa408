import assert from 'node:assert/strict';

const REGIONS = ['C', 'L', 'IC', 'I', 'M1', 'M2', 'M3', 'M4', 'M5', 'M6'];
const COMPUTE_TIMEOUT_MS = 120_000;
const cy = handle => `[data-cy="${handle}"]`;

/** What the overlay holds, slice by slice, read from the host's own cache. */
function labelmaps(page) {
  return page.evaluate(() => {
    const { cache, metaData } = window.cornerstone;
    return window.services.segmentationService
      .getSegmentations()
      .map(({ segmentationId, label, segments }) => {
        const { imageIds } =
          window.services.segmentationService.getSegmentation(segmentationId).representationData.Labelmap;
        const slices = imageIds.map(imageId => {
          const image = cache.getImage(imageId);
          const [, , z] = metaData.get('imagePlaneModule', image.referencedImageId).imagePositionPatient;
          return { z, values: [...new Set(image.voxelManager.getScalarData())].filter(value => value > 0) };
        });
        return { label, segmentCount: Object.keys(segments).length, slices };
      });
  });
}

/** Share of a region's voxels that lie on the patient's left, by the geometry of the images. */
function leftShares(page) {
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

async function untilDone(page) {
  await page
    .locator(`${cy('aspects-score')}, ${cy('aspects-error')}`)
    .first()
    .waitFor({ timeout: COMPUTE_TIMEOUT_MS });
  const refused = await page.locator(cy('aspects-error')).count();
  assert.equal(refused, 0, refused ? await page.locator(cy('aspects-error')).innerText() : '');
}

const row = (region, side) => cy(`aspects-region-${region}-${side}`);
const scoreOf = async page => Number(await page.locator(cy('aspects-score')).getAttribute('data-score'));

async function reading(page) {
  const sides = await Promise.all(
    ['left', 'right'].map(async side => {
      const affected = await Promise.all(
        REGIONS.map(region => page.locator(row(region, side)).getAttribute('data-affected'))
      );
      return 10 - affected.filter(value => value === 'true').length;
    })
  );
  return Math.min(...sides);
}

export default [
  {
    name: 'compute, correct, jump and restore on a real head CT',
    needsShared: true,
    async run(visit, { check, studies }) {
      const { page } = visit;
      await visit.openMode(studies.headCt.uid);

      await check('one click gives a score, rows and a volume', async () => {
        await page.locator(cy('aspects-compute')).click();
        await page.locator(cy('aspects-progress')).waitFor();
        await untilDone(page);
        assert.equal(await page.locator('[data-cy^="aspects-region-"]').count(), 20);
        assert.equal(await scoreOf(page), await reading(page));
        assert.match(await page.locator(cy('aspects-infarct-volume')).innerText(), /^\d+\.\d ml$/);
        assert.match(await page.locator(cy('aspects-provider')).innerText(), /^Web(GPU|Assembly)$/);
      });

      await check('two labelmaps lie on the slices, left on the left', async () => {
        const maps = await labelmaps(page);
        assert.deepEqual(maps.map(map => [map.label, map.segmentCount]).sort(), [
          ['ASPECTS regions', 20],
          ['Infarct', 1],
        ]);
        const regions = maps.find(map => map.label === 'ASPECTS regions');
        assert.equal(regions.slices.length, 28);
        const supraganglionic = regions.slices.filter(({ values }) => values.some(v => (v - 1) % 10 >= 7));
        const ganglionic = regions.slices.filter(({ values }) => values.some(v => (v - 1) % 10 < 7));
        assert.ok(ganglionic.length > 0 && supraganglionic.length > 0, 'both levels');
        const middle = slices => slices.reduce((sum, { z }) => sum + z, 0) / slices.length;
        assert.ok(middle(supraganglionic) > middle(ganglionic), 'the supraganglionic level lies above');
        const { left, right } = await leftShares(page);
        assert.ok(left > right + 20, `left at x = ${left.toFixed(0)} mm, right at ${right.toFixed(0)} mm`);
      });

      await check('a region row jumps to its slice', async () => {
        await page.locator(row('M5', 'left')).click();
        const upper = (await visit.viewports())[0].index;
        await page.locator(row('M1', 'left')).click();
        await page.waitForFunction(
          before => window.cornerstone.getEnabledElements()[0].viewport.getCurrentImageIdIndex() < before,
          upper,
          { timeout: 10_000 }
        );
        await visit.screenshot('result');
      });

      let corrected;
      await check('a switch changes the score and marks the reader', async () => {
        const before = await page.locator(row('M3', 'right')).getAttribute('data-affected');
        await page.locator(row('M3', 'right')).getByRole('switch').click();
        await page.locator(`${row('M3', 'right')}[data-source="reader"]`).waitFor({ timeout: 30_000 });
        assert.notEqual(await page.locator(row('M3', 'right')).getAttribute('data-affected'), before);
        corrected = await scoreOf(page);
        assert.equal(corrected, await reading(page));
      });

      await check('computing again asks first', async () => {
        await page.locator(cy('aspects-compute')).click();
        await page.locator(cy('aspects-confirm-no')).click();
        assert.equal(await scoreOf(page), corrected);
      });

      await check('a reload brings the draft back', async () => {
        page.on('dialog', dialog => dialog.accept().catch(() => undefined));
        await page.reload();
        await visit.untilReady();
        await page.locator(cy('aspects-score')).waitFor({ timeout: 30_000 });
        assert.equal(await scoreOf(page), corrected);
        assert.equal(await page.locator(row('M3', 'right')).getAttribute('data-source'), 'reader');
        await page.waitForFunction(() => window.services.segmentationService.getSegmentations().length === 2);
      });

      await check('an undo goes back to the model', async () => {
        await page.locator(cy('aspects-undo-M3-right')).click();
        await page.locator(`${row('M3', 'right')}[data-source="model"]`).waitFor({ timeout: 30_000 });
        assert.equal(await scoreOf(page), await reading(page));
        assert.deepEqual(visit.errors, []);
      });
    },
  },
];

import assert from 'node:assert/strict';
import { cy, middlesOfSides, REGIONS, unfold } from '../lib/aspects.mjs';
import { expectHeldKeyHides, expectJumps } from '../lib/steering.mjs';
import { RESULT } from '../lib/visit.mjs';

const COMPUTE_TIMEOUT_MS = 120_000;

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

/** Regions outlined in each viewport. */
function outlines(page) {
  return page.evaluate(
    ids =>
      Object.fromEntries(
        ids.map(id => {
          const { viewport } = window.cornerstone.getEnabledElementByViewportId(id);
          const paths = [...viewport.element.querySelectorAll('.dasp-outlines path')];
          return [id, paths.map(({ dataset }) => `${dataset.region} ${dataset.side}`)];
        })
      ),
    RESULT
  );
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
    name: 'compute, correct, jump and restore on a tilted head CT',
    // What differs between hosts of it, `screens.e2e.mjs` does in each of them.
    ohif: ['3.14.0-beta.6'],
    timeoutMs: 480_000,
    onRealScans: true,
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
          ['Infarct', 3],
        ]);
        const regions = maps.find(map => map.label === 'ASPECTS regions');
        assert.equal(regions.slices.length, 28);
        const supraganglionic = regions.slices.filter(({ values }) => values.some(v => (v - 1) % 10 >= 7));
        const ganglionic = regions.slices.filter(({ values }) => values.some(v => (v - 1) % 10 < 7));
        assert.ok(ganglionic.length > 0 && supraganglionic.length > 0, 'both levels');
        const middle = slices => slices.reduce((sum, { z }) => sum + z, 0) / slices.length;
        assert.ok(middle(supraganglionic) > middle(ganglionic), 'the supraganglionic level lies above');
        const { left, right } = await middlesOfSides(page);
        assert.ok(left > right + 20, `left at x = ${left.toFixed(0)} mm, right at ${right.toFixed(0)} mm`);
      });

      await check('each level has a column: bare above, outlined below, never the same slice', async () => {
        const viewports = await visit.viewports();
        assert.deepEqual(
          viewports.map(({ id, width, center }) => [id, width, center]),
          RESULT.map(id => [id, 40, 40])
        );
        const [lower, upper, lowerOutlined, upperOutlined] = viewports.map(({ index }) => index);
        assert.deepEqual([lowerOutlined, upperOutlined], [lower, upper]);
        assert.notEqual(lower, upper);
        const drawn = await outlines(page);
        assert.deepEqual([drawn[RESULT[0]], drawn[RESULT[1]]], [[], []]);
        assert.ok(drawn[RESULT[2]].length > 7 && drawn[RESULT[3]].length > 3, JSON.stringify(drawn));
      });

      await check('a region row moves its level to its slice, and the other level not at all', async () => {
        await unfold(page);
        await expectJumps(visit, region => page.locator(row(region, 'left')).click());
        await visit.screenshot('result');
      });

      await check('a region is switched on the drawing and changes on the images', async () => {
        const shape = page.locator(cy('aspects-schematic-M2-right'));
        const before = await shape.getAttribute('data-affected');
        await shape.click();
        await page.waitForFunction(was => {
          const path = document.querySelector('.dasp-outlines [data-region="M2"][data-side="right"]');
          return path?.dataset.source === 'reader' && path.dataset.affected !== was;
        }, before);
        await page.locator(cy('aspects-reader-changes')).filter({ hasText: 'M2 R' }).waitFor();
        await shape.click();
        await page.locator(cy('aspects-reader-changes')).waitFor({ state: 'detached' });
      });

      await check('a held key hides the overlay, and only as long', () => expectHeldKeyHides(page));

      let corrected;
      await check('a switch changes the score and marks the reader', async () => {
        const before = await page.locator(row('M3', 'right')).getAttribute('data-affected');
        await page.locator(row('M3', 'right')).getByRole('switch').click();
        await page.locator(`${row('M3', 'right')}[data-source="reader"]`).waitFor();
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
        await page.locator(cy('aspects-score')).waitFor();
        assert.equal(await scoreOf(page), corrected);
        assert.equal(await page.locator(row('M3', 'right')).getAttribute('data-source'), 'reader');
        await page.waitForFunction(
          ids => ids.every(id => window.services.viewportGridService.getState().viewports.has(id)),
          RESULT
        );
        await page.waitForFunction(() => window.services.segmentationService.getSegmentations().length === 2);
      });

      await check('an undo goes back to the model', async () => {
        await unfold(page);
        await page.locator(cy('aspects-undo-M3-right')).click();
        await page.locator(`${row('M3', 'right')}[data-source="model"]`).waitFor();
        assert.equal(await scoreOf(page), await reading(page));
        assert.deepEqual(visit.errors, []);
      });
    },
  },
];

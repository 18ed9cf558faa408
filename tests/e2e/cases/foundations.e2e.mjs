import assert from 'node:assert/strict';

const STROKE = { width: 40, center: 40 };
const BRAIN = { width: 80, center: 40 };

async function expectReadingLayout(visit, expected) {
  const [stroke, brain, ...others] = await visit.viewports();
  assert.equal(others.length, 0, 'two viewports');
  for (const viewport of [stroke, brain]) {
    assert.equal(viewport.type, 'stack');
    assert.equal(viewport.count, expected.count);
    assert.match(viewport.description, expected.description);
  }
  assert.deepEqual({ width: stroke.width, center: stroke.center }, STROKE);
  assert.deepEqual({ width: brain.width, center: brain.center }, BRAIN);
}

/** Clicking the worklist's row unfolds it and shows the modes. */
async function openFromWorklist(visit, uid) {
  const row = visit.page.locator(`[data-cy="studyRow-${uid}"]`);
  await row.waitFor();
  await row.click();
  await visit.page.locator('[data-cy="mode-stroke-triage-' + uid + '"], [data-cy*="stroke-triage"]').first().click();
  await visit.untilReady();
}

export default [
  {
    name: 'the worklist shows the studies',
    sources: ['embedded', 'orthanc'],
    needsShared: true,
    async run(visit, { studies }) {
      await visit.openWorklist();
      for (const study of [studies.headCt, studies.phantom]) {
        await visit.page.locator(`[data-cy="studyRow-${study.uid}"]`).waitFor();
      }
      await visit.screenshot('worklist');
      assert.deepEqual(visit.errors, []);
    },
  },
  {
    name: 'a real head CT that is not reconstructable hangs in the stroke and the brain window',
    sources: ['embedded', 'orthanc'],
    needsShared: true,
    async run(visit, { studies }) {
      await visit.openMode(studies.headCt.uid);
      await expectReadingLayout(visit, { count: 28, description: /^$/ });
      await visit.page.getByTestId('ComputeAspects').or(visit.page.locator('[data-cy="ComputeAspects"]')).first().waitFor();
      await visit.screenshot('head-ct');
      assert.deepEqual(visit.errors, []);
    },
  },
  {
    name: 'of a study with localizer and captures the brain series hangs',
    sources: ['embedded', 'orthanc'],
    needsShared: true,
    async run(visit, { studies }) {
      await visit.openMode(studies.phantom.uid);
      await expectReadingLayout(visit, { count: 28, description: /brain|std/i });
      await visit.screenshot('phantom');
      assert.deepEqual(visit.errors, []);
    },
  },
  {
    name: 'scrolling one viewport scrolls the other',
    needsShared: true,
    async run(visit, { studies }) {
      await visit.openMode(studies.headCt.uid);
      const before = (await visit.viewports())[0].index;
      await visit.page.locator('canvas').first().hover();
      await visit.page.mouse.wheel(0, 100);
      await visit.page.waitForFunction(
        start => {
          const shown = window.cornerstone.getEnabledElements().map(({ viewport }) => viewport.getCurrentImageIdIndex());
          return shown[0] !== start && shown.every(index => index === shown[0]);
        },
        before,
        { timeout: 10_000 }
      );
    },
  },
  {
    name: 'the mode can be left and entered again',
    needsShared: true,
    async run(visit, { studies }) {
      await visit.openWorklist();
      for (let round = 0; round < 2; round += 1) {
        await openFromWorklist(visit, studies.headCt.uid);
        await expectReadingLayout(visit, { count: 28, description: /^$/ });
        await visit.page.locator('[data-cy="return-to-work-list"]').click();
        await visit.page.locator(`[data-cy="studyRow-${studies.headCt.uid}"]`).waitFor();
      }
      assert.deepEqual(visit.errors, []);
    },
  },
];

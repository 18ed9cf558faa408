import assert from 'node:assert/strict';

const STROKE = { width: 40, center: 40 };
const BRAIN = { width: 80, center: 40 };

async function expectReadingLayout(visit, expected) {
  const viewports = await visit.viewports();
  assert.deepEqual(
    viewports.map(({ id, width, center }) => ({ id, width, center })),
    [
      { id: 'aspects-stroke', ...STROKE },
      { id: 'aspects-brain', ...BRAIN },
    ]
  );
  for (const viewport of viewports) {
    assert.equal(viewport.type, 'stack');
    assert.equal(viewport.count, expected.count);
    assert.match(viewport.description, expected.description);
  }
}

export default [
  {
    name: 'the mode',
    sources: ['embedded', 'orthanc'],
    needsShared: true,
    async run(visit, { check, studies }) {
      await check('the worklist shows the studies', async () => {
        await visit.openWorklist(studies.headCt.patientId);
        await visit.worklistRow(studies.phantom.patientId).waitFor();
        await visit.screenshot('worklist');
      });
      await check('a CT that OHIF calls not reconstructable hangs in the stroke and the brain window', async () => {
        await visit.enterModeFromWorklist(studies.headCt.patientId);
        await expectReadingLayout(visit, { count: 28, description: /^$/ });
        await visit.page.locator('[data-cy="ComputeAspects"]').first().waitFor();
        await visit.screenshot('head-ct');
      });
      await check('scrolling one viewport scrolls the other', async () => {
        const before = (await visit.viewports())[0].index;
        await visit.page.locator('canvas').first().hover();
        await visit.page.mouse.wheel(0, 100);
        await visit.page.waitForFunction(
          start => {
            const panes = ['aspects-stroke', 'aspects-brain'].map(id => window.cornerstone.getEnabledElementByViewportId(id));
            const indices = panes.map(({ viewport }) => viewport.getCurrentImageIdIndex());
            return indices[0] !== start && indices.every(index => index === indices[0]);
          },
          before,
          { timeout: 15_000 }
        );
      });
      await check('left and entered again, it picks the brain series among localizer and captures', async () => {
        await visit.leaveMode();
        await visit.enterModeFromWorklist(studies.phantom.patientId);
        await expectReadingLayout(visit, { count: 28, description: /brain|std/i });
        await visit.screenshot('phantom');
      });
      await check('left and entered a third time, it shows the first study again', async () => {
        await visit.leaveMode();
        await visit.enterModeFromWorklist(studies.headCt.patientId);
        await expectReadingLayout(visit, { count: 28, description: /^$/ });
      });
      await check('the console has no error', async () => assert.deepEqual(visit.errors, []));
    },
  },
];

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

async function theMode(visit, { check, studies }) {
  await check('the worklist shows the studies', async () => {
    await visit.openWorklist(studies.headCt.patientId);
    await visit.worklistRow(studies.phantom.patientId).waitFor();
    await visit.screenshot('worklist');
  });
  await check(
    'a CT that OHIF calls not reconstructable hangs in the stroke and the brain window',
    async () => {
      await visit.enterModeFromWorklist(studies.headCt.patientId);
      await expectReadingLayout(visit, { count: 28, description: studies.headCt.series });
      await visit.page.locator('[data-cy="ComputeAspects"]').first().waitFor();
      await visit.screenshot('head-ct');
    }
  );
  await check('scrolling one viewport scrolls the other', async () => {
    const before = (await visit.viewports())[0].index;
    await visit.page.locator('canvas').first().hover();
    await visit.page.mouse.wheel(0, 100);
    await visit.page.waitForFunction(start => {
      const panes = ['aspects-stroke', 'aspects-brain'].map(id =>
        window.cornerstone.getEnabledElementByViewportId(id)
      );
      const indices = panes.map(({ viewport }) => viewport.getCurrentImageIdIndex());
      return indices[0] !== start && indices.every(index => index === indices[0]);
    }, before);
  });
  await check('left and entered again, it picks the brain series among localizer and captures', async () => {
    await visit.leaveMode();
    await visit.enterModeFromWorklist(studies.phantom.patientId);
    await expectReadingLayout(visit, { count: 28, description: studies.phantom.series });
    await visit.screenshot('phantom');
  });
  await check('left and entered a third time, it shows the first study again', async () => {
    await visit.leaveMode();
    await visit.enterModeFromWorklist(studies.headCt.patientId);
    await expectReadingLayout(visit, { count: 28, description: studies.headCt.series });
  });
  await check('the console has no error', async () => assert.deepEqual(visit.errors, []));
}

export default [
  {
    name: 'a demo study',
    ohif: ['3.12.10'],
    async run(visit, { check }) {
      await check('is said to be synthetic in the worklist and next to the images', async () => {
        await visit.openWorklist('SYNTHETIC-001');
        await visit.enterModeFromWorklist('SYNTHETIC-001');
        const [stroke] = await visit.viewports();
        assert.match(stroke.description, /synthetic/i);
        await visit.page
          .getByText(/SYNTHETIC, /)
          .first()
          .waitFor();
        await visit.screenshot('demo');
        assert.deepEqual(visit.errors, []);
      });
    },
  },
  { name: 'the mode', everyHost: true, onRealScans: true, run: theMode },
  // By their address studies of Orthanc are opened on every host, where they are scored and stored.
  { name: 'the mode, by the worklist of Orthanc', sources: ['orthanc'], run: theMode },
];

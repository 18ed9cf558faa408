import { newReaderContext } from './chromium.mjs';
import { openFrontDoor } from './frontDoor.mjs';
import { serveFixtureNetworks } from './fixtureNetworks.mjs';
import { serveOhif } from './installation.mjs';
import { startOrthanc } from './orthanc.mjs';
import { Visit } from './visit.mjs';

/**
 * An Orthanc of its own with one study, a viewer on it, and the hand-made networks; `settings` are the
 * site's. `door` is what browsers go through, `newReader()` a browser context without a past.
 */
export async function openReadingRoom({ ohif, study, browser, settings = {} }) {
  const orthanc = await startOrthanc();
  const networks = await serveFixtureNetworks();
  const server = await serveOhif({
    ohif,
    source: { pacs: { root: orthanc.dicomWeb } },
    extra: networks.appConfig(settings),
  });
  const door = await openFrontDoor(server.url);
  await orthanc.load(study.folder);
  const contexts = [];
  return {
    dicomWeb: orthanc.dicomWeb,
    door,
    async newReader() {
      const context = await newReaderContext(browser);
      contexts.push(context);
      return new Visit(await context.newPage(), door.url, `${ohif}-workflow`);
    },
    async close() {
      await Promise.all(contexts.map(context => context.close()));
      await door.stop();
      await server.stop();
      await networks.stop();
      await orthanc.stop();
    },
  };
}

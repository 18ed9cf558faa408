import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { temporaryFolder } from './leftovers.mjs';

const require = createRequire(import.meta.url);

export const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The built demo server's parts; `npm run build` makes them. */
export function demoServerLibrary() {
  return require(path.join(ROOT, 'dist/demo-server/library.cjs'));
}

/** Release -> folder of its official build. Every fetch checks each file of it: once a run is enough. */
const builds = new Map();

function officialBuild(ohif) {
  if (!builds.has(ohif)) {
    builds.set(
      ohif,
      demoServerLibrary().fetchOhif(ohif, line => console.log(line))
    );
  }
  return builds.get(ohif);
}

/** An embedded store in a folder of its own, holding the DICOM files under `folders`. */
export async function makeStore(folders) {
  const { folder, remove } = await temporaryFolder('store');
  const { DicomStore } = demoServerLibrary();
  const store = new DicomStore(folder);
  await store.open();
  for (const dicomFolder of folders) {
    await store.readInPlace(dicomFolder);
  }
  return { store, remove };
}

/**
 * Serves an official OHIF build with the plugin, on a free port.
 *
 * - `source`: `{store}` or `{pacs: {root}}`
 * - `dist`: the build; another one than this repository's to compare with
 * - `extra`: JavaScript of the site's own app-config.js, before the plugin's lines
 * - `edit`: changes the plugin's lines, as a site would that put it elsewhere
 * - `pluginsPath`: where the plugins are served
 * - `isolated`: whether the pages get COOP/COEP headers
 */
export async function serveOhif({
  ohif,
  source,
  dist = path.join(ROOT, 'dist'),
  extra = '',
  edit = lines => lines,
  pluginsPath,
  isolated = true,
}) {
  const { appConfig, startDemoServer } = demoServerLibrary();
  const lines = await readFile(path.join(dist, 'app-config.example.js'), 'utf8');
  const { server, url } = await startDemoServer({
    ohifFolder: await officialBuild(ohif),
    pluginsFolder: path.join(dist, 'plugins'),
    pluginsPath,
    appConfig: appConfig(edit(lines), extra),
    source,
    port: 0,
    isolated,
  });
  return {
    url,
    stop: () =>
      new Promise(resolve => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

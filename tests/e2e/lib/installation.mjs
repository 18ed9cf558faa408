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
 * - `extra`: JavaScript of the site's own app-config.js, before the plugin's lines
 * - `edit`: changes the plugin's lines, as a site would that put it elsewhere
 * - `pluginsPath`: where the plugins are served
 * - `isolated`: whether the pages get COOP/COEP headers
 */
export async function serveOhif({
  ohif,
  source,
  extra = '',
  edit = lines => lines,
  pluginsPath,
  isolated = true,
}) {
  const { appConfig, fetchOhif, startDemoServer } = demoServerLibrary();
  const lines = await readFile(path.join(ROOT, 'dist/app-config.example.js'), 'utf8');
  const { server, url } = await startDemoServer({
    ohifFolder: await fetchOhif(ohif, line => console.log(line)),
    pluginsFolder: path.join(ROOT, 'dist/plugins'),
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

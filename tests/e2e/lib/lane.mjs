import path from 'node:path';
import { launchChromium } from './chromium.mjs';
import { makeStore, ROOT, serveOhif } from './installation.mjs';
import { hasOrthanc, startOrthanc } from './orthanc.mjs';
import { hasRealStudies, REAL_STUDIES, STUDIES } from './studies.mjs';

/** What every archive holds: the demo studies, and those of `studies.mjs` that are there. */
const FOLDERS = [
  path.join(ROOT, 'demo-server/demo-studies'),
  ...[STUDIES, ...(hasRealStudies() ? [REAL_STUDIES] : [])].flatMap(({ headCt, phantom }) => [
    headCt.folder,
    phantom.folder,
  ]),
];

/** Why a source cannot be had on this machine, or undefined. */
export function missing(source) {
  return source === 'orthanc' && !hasOrthanc()
    ? 'Orthanc is missing (Debian: apt install orthanc orthanc-dicomweb)'
    : undefined;
}

/**
 * A browser, archives and viewers of its own, each started when a case first needs it: cases of two lanes
 * can run concurrently. One browser and one viewer a source for the cases of a release in a row; the
 * archives are for all.
 */
export class Lane {
  archives = new Map();
  viewers = new Map();
  ohif = undefined;
  browser = undefined;

  constructor(webgpu) {
    this.webgpu = webgpu;
  }

  /** Ends what belongs to another release. */
  async turnTo(ohif) {
    if (this.ohif !== ohif) {
      await this.closeViewers();
      this.ohif = ohif;
      this.browser = await launchChromium({ webgpu: this.webgpu });
    }
  }

  /** The archive by that name, as `serveOhif` takes it. */
  async archive(name) {
    if (!this.archives.has(name)) {
      this.archives.set(name, await (name === 'orthanc' ? openOrthanc() : openStore()));
    }
    return this.archives.get(name).source;
  }

  /** Address of the viewer that cases without an installation of their own share. */
  async viewer(name) {
    if (!this.viewers.has(name)) {
      this.viewers.set(name, await serveOhif({ ohif: this.ohif, source: await this.archive(name) }));
    }
    return this.viewers.get(name).url;
  }

  async close() {
    await this.closeViewers();
    await Promise.all([...this.archives.values()].map(archive => archive.close()));
  }

  async closeViewers() {
    await this.browser?.close();
    await Promise.all([...this.viewers.values()].map(viewer => viewer.stop()));
    this.viewers.clear();
  }
}

async function openStore() {
  const { store, remove } = await makeStore(FOLDERS);
  return { source: { store }, close: remove };
}

async function openOrthanc() {
  const orthanc = await startOrthanc();
  for (const folder of FOLDERS) {
    await orthanc.load(folder);
  }
  return { source: { pacs: { root: orthanc.dicomWeb } }, close: () => orthanc.stop() };
}

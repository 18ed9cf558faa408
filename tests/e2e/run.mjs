/**
 * End-to-end tests: the built plugin in official OHIF builds, in a real Chromium.
 *
 *   node tests/e2e/run.mjs [--ohif VERSION]... [--case TEXT] [--webgpu]
 *
 * Cases are the default exports (arrays) of `cases/*.e2e.mjs`:
 *   {name, ohif?: versions, everyHost?: true, usualHost?: version, sources?: ['embedded', 'orthanc'], onRealScans?: true, timeoutMs?: number,
 *    installation?: options of serveOhif, run(visit, {check, studies, store, ohif, source})}
 * It runs on the releases of `ohif`; on all with `everyHost`; on `usualHost` alone; else on the newest stable one and the newest beta. With --ohif, on those
 * alone, each with every case that does not name others. Studies are synthetic (STUDIES); with `onRealScans` it runs on the
 * real scans in addition, where they are, on its last release. A case gets a fresh page. Without `installation` it shares the server of its version and source. Opening a page costs
 * seconds, so a case makes several checks on one: `await check('it does this', async () => {...})`, each counted.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium, launchChromium, newReaderContext } from './lib/chromium.mjs';
import { makeStore, ROOT, serveOhif, demoServerLibrary } from './lib/installation.mjs';
import { hasOrthanc, startOrthanc } from './lib/orthanc.mjs';
import { newestReleases } from './lib/releases.mjs';
import { hasRealStudies, REAL_STUDIES, STUDIES } from './lib/studies.mjs';
import { Visit } from './lib/visit.mjs';

const CASE_TIMEOUT_MS = 180_000;
const CLEAN_UP_TIMEOUT_MS = 30_000;

const { values: options } = parseArgs({
  options: {
    ohif: { type: 'string', multiple: true },
    case: { type: 'string', default: '' },
    webgpu: { type: 'boolean', default: false },
  },
});

// Signals end this process as its last line does, so that what it started ends with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => process.exit(1));
}

const counts = { passed: 0, failed: 0, skipped: new Map() };

if (!findChromium()) {
  skip('all end-to-end tests', 'there is no Chromium (set CHROMIUM to its path)');
} else {
  await runAll();
}
finish();

async function runAll() {
  const cases = await loadCases();
  const tested = Object.keys(demoServerLibrary().TESTED_RELEASES);
  const versions = options.ohif ?? tested;
  const usual = options.ohif ?? newestReleases(tested);
  const hostsOf = ({ ohif, usualHost }) => ohif ?? (usualHost && !options.ohif ? [usualHost] : usual);
  const studies = [STUDIES, ...(hasRealStudies() ? [REAL_STUDIES] : [])].flatMap(({ headCt, phantom }) => [
    headCt.folder,
    phantom.folder,
  ]);
  const folders = [path.join(ROOT, 'demo-server/demo-studies'), ...studies];
  const wantsOrthanc = cases.some(({ sources }) => sources?.includes('orthanc'));
  const orthanc = wantsOrthanc && hasOrthanc() ? await startOrthanc() : undefined;
  const embedded = await makeStore(folders);
  try {
    for (const folder of orthanc ? folders : []) {
      await orthanc.load(folder);
    }
    const sources = {
      embedded: { store: embedded.store },
      orthanc: orthanc && { pacs: { root: orthanc.dicomWeb } },
    };
    const planned = cases.map(one => {
      const hosts = versions.filter(version => one.everyHost || hostsOf(one).includes(version));
      return { ...one, hosts, realScansOn: one.onRealScans && hasRealStudies() ? hosts.at(-1) : undefined };
    });
    for (const ohif of versions) {
      await runVersion(
        ohif,
        planned.filter(({ hosts }) => hosts.includes(ohif)),
        sources
      );
    }
  } finally {
    await embedded.remove();
    await orthanc?.stop();
  }
}

async function loadCases() {
  const folder = path.join(import.meta.dirname, 'cases');
  const files = (await readdir(folder)).filter(name => name.endsWith('.e2e.mjs')).sort();
  const modules = await Promise.all(files.map(file => import(path.join(folder, file))));
  return modules.flatMap(module => module.default).filter(one => one.name.includes(options.case));
}

/** One browser a version; one server a version and source. */
async function runVersion(ohif, mine, sources) {
  if (!mine.length) {
    return;
  }
  const browser = await launchChromium({ webgpu: options.webgpu });
  const servers = new Map();
  try {
    for (const one of mine) {
      for (const name of one.sources ?? ['embedded']) {
        if (!sources[name]) {
          skip(one.name, 'Orthanc with its DICOMweb plugin is not installed');
          continue;
        }
        for (const studies of one.realScansOn === ohif ? [STUDIES, REAL_STUDIES] : [STUDIES]) {
          await runCase(one, { ohif, source: name, sources, browser, servers, studies });
        }
      }
    }
  } finally {
    await browser.close();
    await Promise.all([...servers.values()].map(server => server.stop()));
  }
}

async function runCase(one, { ohif, source, sources, browser, servers, studies }) {
  const title = `${ohif} ${source}: ${one.name}${studies === REAL_STUDIES ? ' (real scans)' : ''}`;
  const started = performance.now();
  const context = await newReaderContext(browser);
  let own;
  let visit;
  let running = Promise.resolve();
  const check = async (name, body) => {
    const begun = performance.now();
    try {
      await body();
      counts.passed += 1;
      console.log(`  ok    ${title}: ${name} (${seconds(begun)} s)`);
    } catch (error) {
      error.check = name;
      throw error;
    }
  };
  try {
    own = one.installation && (await serveOhif({ ohif, source: sources[source], ...one.installation }));
    if (!own && !servers.has(source)) {
      servers.set(source, await serveOhif({ ohif, source: sources[source] }));
    }
    const { url } = own ?? servers.get(source);
    visit = new Visit(await context.newPage(), url, `${ohif}-${source}`);
    running = one.run(visit, { check, ohif, source, studies, store: sources.embedded.store });
    await withTimeout(running, one.timeoutMs);
    console.log(`  done  ${title} (${seconds(started)} s)`);
  } catch (error) {
    counts.failed += 1;
    const name = error.check ?? 'between the checks';
    console.log(`  FAIL  ${title}: ${name} (${seconds(started)} s)\n${indent(error.stack ?? String(error))}`);
    if (visit?.errors.length) {
      console.log(indent(`console errors:\n${visit.errors.join('\n')}`));
    }
    await visit
      ?.screenshot(`failed-${`${one.name} ${name}`.replace(/\W+/g, '-').slice(0, 80)}`)
      .catch(() => undefined);
  } finally {
    await context.close();
    // A case that ran out of time is still in it: without its page it ends, and cleans up behind it.
    await withTimeout(running, CLEAN_UP_TIMEOUT_MS).catch(() => undefined);
    await own?.stop();
  }
}

function withTimeout(promise, timeoutMs = CASE_TIMEOUT_MS) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${timeoutMs / 1000} s`)), timeoutMs);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

function skip(name, reason) {
  counts.skipped.set(reason, [...(counts.skipped.get(reason) ?? []), name]);
}

function finish() {
  for (const [reason, names] of counts.skipped) {
    console.log(`  skipped, since ${reason}: ${[...new Set(names)].join('; ')}`);
  }
  const skippedUnderCi = process.env.CI && counts.skipped.size > 0;
  if (skippedUnderCi) {
    console.log('  Under CI nothing may be skipped.');
  }
  const failed = counts.failed + (skippedUnderCi ? counts.skipped.size : 0);
  console.log(`${counts.passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

function seconds(started) {
  return ((performance.now() - started) / 1000).toFixed(1);
}

function indent(text) {
  return text.replace(/^/gm, '          ');
}

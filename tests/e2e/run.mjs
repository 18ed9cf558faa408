/**
 * End-to-end tests: the built plugin in official OHIF builds, in a real Chromium.
 *
 *   node tests/e2e/run.mjs [--ohif VERSION]... [--case TEXT]... [--lanes N] [--webgpu]
 *
 * Cases are the default exports (arrays) of `cases/*.e2e.mjs`:
 *   {name, ohif?: versions, everyHost?: true, allBut?: version, usualHost?: version,
 *    sources?: ['embedded', 'orthanc'],
 *    onRealScans?: true, alone?: true, timeoutMs?: number, installation?: options of serveOhif,
 *    run(visit, {check, studies, store, ohif, source})}
 * It runs on the releases of `ohif`; on all with `everyHost`; on the others with `allBut`; on `usualHost`
 * alone; else on the newest stable one and the newest beta. With --ohif, on those alone, each with every
 * case that does not name others.
 * Studies are synthetic (STUDIES); with `onRealScans` it runs on the real scans in addition, where they are,
 * on its last release. A case gets a fresh page. Without `installation` it shares the server of its version
 * and source. Opening a page costs seconds, so a case makes several checks on one:
 * `await check('it does this', async () => {...})`, each counted.
 *
 * Much of a case is waiting for the network, for the screen or for one thread: two run concurrently
 * (--lanes), each in a lane with a browser, archives and viewers of its own. What looks at times is `alone`:
 * it runs first, by itself.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium, newReaderContext } from './lib/chromium.mjs';
import { serveOhif, demoServerLibrary } from './lib/installation.mjs';
import { Lane, missing } from './lib/lane.mjs';
import { endOnSignals } from './lib/leftovers.mjs';
import { newestReleases } from './lib/releases.mjs';
import { hasRealStudies, REAL_STUDIES, STUDIES } from './lib/studies.mjs';
import { printTimes } from './lib/times.mjs';
import { Visit } from './lib/visit.mjs';

const CASE_TIMEOUT_MS = 300_000;
const CLEAN_UP_TIMEOUT_MS = 30_000;

const { values: options } = parseArgs({
  options: {
    ohif: { type: 'string', multiple: true },
    case: { type: 'string', multiple: true, default: [''] },
    lanes: { type: 'string', default: '2' },
    webgpu: { type: 'boolean', default: false },
  },
});

endOnSignals();

const counts = { passed: 0, failed: 0, skipped: new Map() };
/** `{ohif, name, seconds}` of every case that ran. */
const times = [];

if (!findChromium()) {
  skip(
    'all end-to-end tests',
    'Chromium is missing (Debian: apt install chromium; CHROMIUM names another path)'
  );
} else {
  await runAll();
}
finish();

async function runAll() {
  const jobs = planned(await loadCases());
  if (jobs.length === 0) {
    throw new Error(`no browser test fits ${JSON.stringify(options)}`);
  }
  const lanes = Array.from({ length: Number(options.lanes) }, () => new Lane(options.webgpu));
  try {
    const alone = jobs.filter(({ one }) => one.alone);
    const others = jobs.filter(({ one }) => !one.alone);
    await runIn(lanes[0], alone);
    await Promise.all(lanes.map(lane => runIn(lane, others)));
  } finally {
    await Promise.all(lanes.map(lane => lane.close()));
  }
  printTimes(times);
}

/** What is to run, release by release: `{one, ohif, source, studies}`. */
function planned(cases) {
  const tested = Object.keys(demoServerLibrary().TESTED_RELEASES);
  const versions = options.ohif ?? tested;
  const usual = options.ohif ?? newestReleases(tested);
  const hostsOf = ({ ohif, usualHost, everyHost, allBut }) =>
    everyHost || allBut
      ? versions.filter(version => version !== allBut)
      : (ohif ?? (usualHost && !options.ohif ? [usualHost] : usual));
  const jobs = cases.flatMap(one => {
    const hosts = versions.filter(version => hostsOf(one).includes(version));
    return hosts.flatMap(ohif =>
      (one.sources ?? ['embedded']).flatMap(source => {
        const onReal = one.onRealScans && hasRealStudies() && ohif === hosts.at(-1);
        return [STUDIES, ...(onReal ? [REAL_STUDIES] : [])].map(studies => ({ one, ohif, source, studies }));
      })
    );
  });
  for (const { one, source } of jobs.filter(job => missing(job.source))) {
    skip(one.name, missing(source));
  }
  // The longest first, by the time they are given: lanes then end at about the same time.
  const patience = ({ one }) => one.timeoutMs ?? CASE_TIMEOUT_MS;
  return jobs
    .filter(({ source }) => !missing(source))
    .sort((a, b) => versions.indexOf(a.ohif) - versions.indexOf(b.ohif) || patience(b) - patience(a));
}

/** Takes one job after the other out of `waiting`, which other lanes may do too. */
async function runIn(lane, waiting) {
  for (let job = waiting.shift(); job; job = waiting.shift()) {
    await lane.turnTo(job.ohif);
    await runCase(lane, job);
  }
}

async function loadCases() {
  const folder = path.join(import.meta.dirname, 'cases');
  const files = (await readdir(folder)).filter(name => name.endsWith('.e2e.mjs')).sort();
  const modules = await Promise.all(files.map(file => import(path.join(folder, file))));
  return modules
    .flatMap(module => module.default)
    .filter(one => options.case.some(text => one.name.includes(text)));
}

async function runCase(lane, { one, ohif, source, studies }) {
  const title = `${ohif} ${source}: ${one.name}${studies === REAL_STUDIES ? ' (real scans)' : ''}`;
  const started = performance.now();
  const context = await newReaderContext(lane.browser);
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
    const { store } = await lane.archive('embedded');
    own =
      one.installation &&
      (await serveOhif({ ohif, source: await lane.archive(source), ...one.installation }));
    const url = own?.url ?? (await lane.viewer(source));
    visit = new Visit(await context.newPage(), url, `${ohif}-${source}`);
    running = one.run(visit, { check, ohif, source, studies, store });
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
    times.push({ ohif, name: title, seconds: (performance.now() - started) / 1000 });
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

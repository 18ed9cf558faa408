import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../lib/installation.mjs';
import { downloadedResult, untilComputed } from '../lib/panel.mjs';

/** One version stands for all: what differs between them is how they show a result. */
const ONCE = ['3.12.10'];
const SIDES = ['left', 'right'];

async function commandLineResult(folder) {
  const program = path.join(ROOT, 'cli/bin/deep-aspects.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'score', folder, '--json', '-'], {
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(stdout);
}

/** What must be the same to the letter, whatever the networks run on. */
function reading({ score, affectedSide, bin, hemispheres, levels, warnings, series, models }) {
  const regions = side =>
    hemispheres[side].regions.map(({ id, affected, level, keySlice }) => ({ id, affected, level, keySlice }));
  return {
    score,
    affectedSide,
    bin,
    scores: SIDES.map(side => hemispheres[side].score),
    regions: SIDES.map(regions),
    levels,
    warnings: warnings.map(({ code }) => code).sort(),
    series,
    models,
  };
}

/**
 * Every measured number of a region by name: some pixels at a border may fall to either side of a threshold.
 */
function measurements({ infarct, hemispheres }) {
  const found = Object.entries(infarct).map(([name, value]) => [`infarct ${name}`, value]);
  for (const side of SIDES) {
    for (const { id, volumeMl, infarctMl, meanHu } of hemispheres[side].regions) {
      found.push([`${id} ${side} ml`, volumeMl], [`${id} ${side} infarct ml`, infarctMl]);
      found.push([`${id} ${side} HU`, meanHu]);
    }
  }
  return found;
}

function assertAgreement(viewer, commandLine) {
  assert.equal(viewer.runtime.provider, 'wasm');
  assert.equal(commandLine.runtime.provider, 'cpu');
  assert.deepEqual(reading(viewer), reading(commandLine));
  const others = new Map(measurements(commandLine));
  for (const [name, value] of measurements(viewer)) {
    const other = others.get(name);
    const close = value === other || Math.abs(value - other) <= 0.05 + 0.005 * Math.abs(other);
    assert.ok(close, `${name}: ${value} in the viewer, ${other} on the command line`);
  }
}

async function compare(visit, check, { folder, uid }) {
  const { page } = visit;
  await visit.openMode(uid);
  await check('shift+a computes', async () => {
    await page.keyboard.press('Shift+A');
    await untilComputed(page);
  });
  await check('all regions of both sides are as `deep-aspects score` has them', async () => {
    assertAgreement(await downloadedResult(page), await commandLineResult(folder));
    assert.deepEqual(visit.errors, []);
  });
}

export default [
  {
    name: 'viewer and command line agree on a tilted head CT',
    onRealScans: true,
    ohif: ONCE,
    timeoutMs: 300_000,
    run: (visit, { check, studies }) => compare(visit, check, studies.headCt),
  },
  {
    name: 'viewer and command line agree on a demo study',
    ohif: ONCE,
    timeoutMs: 300_000,
    run: (visit, { check, studies }) => compare(visit, check, studies.demo),
  },
];

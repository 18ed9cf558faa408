import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { newReaderContext } from '../lib/chromium.mjs';
import { serveFixtureNetworks } from '../lib/fixtureNetworks.mjs';
import { openFrontDoor } from '../lib/frontDoor.mjs';
import { makeStore, serveOhif } from '../lib/installation.mjs';
import { compute, cy } from '../lib/panel.mjs';
import { makePhantomStudy, PHANTOM_STUDY } from '../lib/phantomStudy.mjs';
import { Visit } from '../lib/visit.mjs';

/** Hashes of OHIF's own inline scripts, which any policy for OHIF has to name. */
async function inlineHashes(url) {
  const page = await (await fetch(url)).text();
  const scripts = [...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([^]*?)<\/script>/g)].map(
    ([, text]) => text
  );
  assert.ok(scripts.length > 0, 'OHIF has no inline scripts');
  return scripts.map(text => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ');
}

/** What is computed is not the point. */
const SMALL = { slices: 14, distanceMm: 10, size: 256 };

/** Networks come from another port here, so that connections are left out. */
const policy = (scripts, workers) =>
  [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    'connect-src *',
    "object-src 'none'",
    "base-uri 'self'",
    `script-src ${scripts}`,
    `worker-src ${workers}`,
  ].join('; ');

/**
 * A viewer with an uncompressed study, since OHIF's own codecs need 'unsafe-eval', and the
 * hand-made networks.
 */
async function openHospital(ohif) {
  const study = await makePhantomStudy(SMALL);
  const embedded = await makeStore([study.folder]);
  const networks = await serveFixtureNetworks();
  const server = await serveOhif({
    ohif,
    source: { store: embedded.store },
    extra: networks.appConfig({ provider: 'wasm' }),
  });
  return {
    url: server.url,
    async close() {
      await server.stop();
      await networks.stop();
      await embedded.remove();
      await study.remove();
    },
  };
}

async function refusal(site) {
  await site.openMode(PHANTOM_STUDY);
  await site.page.locator(cy('aspects-compute')).click();
  const error = site.page.locator(cy('aspects-error'));
  await error.waitFor();
  return error.innerText();
}

/** The hash that the panel asks for when a policy lacks it. */
async function askedHash(site) {
  await site.page.goto(`${site.url}stroke-triage?StudyInstanceUIDs=${PHANTOM_STUDY}`);
  const sentence = site.page.getByText(/the browser did not take its import map/).first();
  await sentence.waitFor();
  const hash = /'sha256-[\w+/=]+'/.exec(await sentence.innerText());
  assert.ok(hash, await sentence.innerText());
  return hash[0];
}

/**
 * Which policies let the plugin compute: name, sources of scripts besides the needed ones,
 * sources of workers.
 */
const SUFFICIENT = [
  ['workers from the server and from blobs', '', "'self' blob:"],
  ['scripts and workers from the server and from blobs', 'blob:', "'self' blob:"],
  ['workers from the server alone', '', "'self'"],
  ['scripts from blobs too, workers from the server alone', 'blob:', "'self'"],
];

async function run(visit, { check, ohif }) {
  const hospital = await openHospital(ohif);
  const browser = visit.page.context().browser();
  /** Opens the viewer behind a server that sends this policy with every answer. */
  const behind = async (contentSecurityPolicy, body) => {
    const door = await openFrontDoor(hospital.url, { 'content-security-policy': contentSecurityPolicy });
    const context = await newReaderContext(browser);
    try {
      await body(new Visit(await context.newPage(), door.url, visit.label));
    } finally {
      await context.close();
      await door.stop();
    }
  };
  try {
    const host = await inlineHashes(hospital.url);
    let ours;
    await check('without the hash of the import map the panel says which', () =>
      behind(policy(`'self' 'wasm-unsafe-eval' ${host}`, "'self' blob:"), async site => {
        ours = await askedHash(site);
      })
    );
    for (const [name, scripts, workers] of SUFFICIENT) {
      await check(`that allows ${name} lets the plugin compute`, () =>
        behind(policy(`'self' 'wasm-unsafe-eval' ${host} ${ours} ${scripts}`, workers), async site => {
          await site.openMode(PHANTOM_STUDY);
          await compute(site.page);
        })
      );
    }
    await check('without wasm-unsafe-eval is named as what stands in the way', () =>
      behind(policy(`'self' ${host} ${ours}`, "'self' blob:"), async site =>
        assert.match(await refusal(site), /must have 'wasm-unsafe-eval' in script-src/)
      )
    );
  } finally {
    await hospital.close();
  }
}

export default [{ name: 'a Content-Security-Policy', ohif: ['3.12.10'], timeoutMs: 600_000, run }];

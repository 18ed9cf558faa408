import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { temporaryFolder } from './leftovers.mjs';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of the browser; `CHROMIUM` names another one. Undefined where there is none. */
export function findChromium() {
  return [process.env.CHROMIUM, ...CANDIDATES].find(file => file && existsSync(file));
}

/** As root, without a network, and with software rendering for cornerstone's WebGL. */
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-swiftshader',
];

/** SwiftShader draws the whole page, not only WebGL. The last flag of a name counts. */
export const ALL_BY_SWIFTSHADER = '--use-angle=swiftshader';
/**
 * The page itself is drawn as on a machine without a graphics processor: by SwiftShader that costs
 * a quarter more.
 */
const WITHOUT_WEBGPU = ['--use-angle=swiftshader-webgl'];
const WITH_WEBGPU = ['--enable-unsafe-webgpu', ALL_BY_SWIFTSHADER];
/** Pages and WebGPU by a real graphics processor on Linux, without a display: tried with an NVIDIA H200. */
const BY_GPU = [
  '--disable-gpu-sandbox',
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-angle=vulkan',
  '--disable-vulkan-surface',
  '--ignore-gpu-blocklist',
];

/** Readers on Windows and Linux have scrollbars that take room; playwright would hide them. */
const HIDDEN_SCROLLBARS = '--hide-scrollbars';

function launchOptions({ webgpu = false, gpu = false, args = [] }) {
  const drawing = gpu ? BY_GPU : webgpu ? WITH_WEBGPU : WITHOUT_WEBGPU;
  return {
    executablePath: findChromium(),
    ignoreDefaultArgs: [HIDDEN_SCROLLBARS],
    args: [...FLAGS, ...drawing, ...args],
  };
}

/**
 * Playwright waits 30 s: on a busy machine a page without a GPU draws for longer. Nothing here is a limit
 * that the product has to keep.
 */
const ACTION_TIMEOUT_MS = 120_000;

/**
 * The smallest window that readers have: without a graphics processor one of 1600 x 900 takes a quarter more
 * of a case's processor time. What looks at larger ones sets its size itself.
 */
export const READER_WINDOW = { width: 1280, height: 720 };

/** A browser context of its own. */
export async function newReaderContext(browser) {
  const context = await browser.newContext({ viewport: READER_WINDOW });
  context.setDefaultTimeout(ACTION_TIMEOUT_MS);
  return context;
}

/**
 * `webgpu`: also offer WebGPU by SwiftShader, which is right but very slow. `gpu`: a real graphics processor
 * instead, for benchmarks. `args`: further flags.
 */
export function launchChromium(options = {}) {
  return chromium.launch(launchOptions(options));
}

/**
 * A browser profile as a reader has it, which outlives the browser: HTTP cache and compiled code on
 * the disk, drafts.
 *
 * @returns `open()` starts a browser with it and gives its context, to be closed before the next;
 *   `remove()` deletes it
 */
export async function makeProfile(options = {}) {
  const { folder, remove } = await temporaryFolder('profile');
  return {
    async open({ viewport }) {
      const context = await chromium.launchPersistentContext(folder, { ...launchOptions(options), viewport });
      context.setDefaultTimeout(ACTION_TIMEOUT_MS);
      return context;
    },
    remove,
  };
}

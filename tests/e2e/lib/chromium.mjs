import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

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
  '--use-angle=swiftshader',
];

/** `webgpu`: also offer WebGPU by SwiftShader, which is right but very slow. `args`: further flags. */
export function launchChromium({ webgpu = false, args = [] } = {}) {
  return chromium.launch({
    executablePath: findChromium(),
    args: [...FLAGS, ...(webgpu ? ['--enable-unsafe-webgpu'] : []), ...args],
  });
}

/** @jest-environment jsdom */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as React from 'react';
import * as ReactDOM from 'react-dom';
import * as jsxRuntime from 'react/jsx-runtime';
import { createRoot } from 'react-dom/client';
import { createRoot as createRoot19, REACT_19 } from 'deep-aspects-tests-react19';
import {
  bundle,
  expectPanelToRender,
  EXTENSION,
  fakeHost,
  loadUmd as loadUmdWith,
  MODE,
  PLUGINS,
  type Method,
} from './lib/umdPlugins';

const REACT_18 = { react: React, 'react-dom': ReactDOM, 'react/jsx-runtime': jsxRuntime };
const loadUmd = (name: string) => loadUmdWith(name, REACT_18);

describe('the UMD bundles', () => {
  it('give the extension under its package name, with the modules OHIF asks for', () => {
    const extension = loadUmd(EXTENSION);
    const { attributes, managers } = fakeHost();
    expect(extension.id).toBe(EXTENSION);
    (extension.preRegistration as Method)(managers);
    expect(attributes).toEqual(['deepAspects:isPlainBrainSeries']);
    const commands = (extension.getCommandsModule as Method)(managers) as {
      defaultContext: string;
      definitions: object;
    };
    expect(commands.defaultContext).toBe('DEEP_ASPECTS');
    expect(Object.keys(commands.definitions)).toEqual(
      expect.arrayContaining(['computeAspects', 'storeAspectsReport'])
    );
    const [panel] = (extension.getPanelModule as Method)(managers) as { name: string }[];
    expect(panel.name).toBe('aspects');
  });

  it.each([
    { major: '18', shared: REACT_18, makeRoot: createRoot },
    { major: '19', shared: REACT_19, makeRoot: createRoot19 },
  ])("render the panel with the host's React $major", async ({ major, shared, makeRoot }) => {
    expect(shared.react.version.split('.')[0]).toBe(major);
    await expectPanelToRender(shared, makeRoot);
  });

  it('give the mode under its package name', () => {
    const mode = loadUmd(MODE);
    const { routeName, id } = (mode.modeFactory as Method)() as Record<string, unknown>;
    expect(mode.id).toBe(MODE);
    expect({ routeName, id }).toEqual({ routeName: 'stroke-triage', id: MODE });
    expect(mode.extensionDependencies).toHaveProperty(EXTENSION);
  });

  it('share React with the host instead of bringing one', () => {
    expect(bundle(EXTENSION, 'umd')).not.toContain('Symbol.for("react.element")');
  });
});

describe('the ES modules', () => {
  it.each([EXTENSION, MODE])('%s imports nothing', name => {
    expect(bundle(name, 'esm')).not.toMatch(
      /^\s*import\s*[\w{*"']|\bfrom\s*["'](react|@ohif|@cornerstonejs)/m
    );
  });
});

describe('what comes with the bundles', () => {
  const sha384 = (file: string) =>
    `sha384-${createHash('sha384')
      .update(readFileSync(path.join(PLUGINS, EXTENSION, file)))
      .digest('base64')}`;
  const runtime = ['', '.jspi', '.asyncify'].flatMap(build => [
    `ort-wasm-simd-threaded${build}.js`,
    `ort-wasm-simd-threaded${build}.wasm`,
  ]);

  it.each([
    ['umd', 'deep-aspects.worker.js'],
    ['umd', 'deep-aspects.pdf.js'],
    ['esm', 'deep-aspects.worker.js'],
    ['esm', 'deep-aspects.pdf.js'],
  ] as const)('has the %s bundle check %s', (form, file) => {
    expect(bundle(EXTENSION, form)).toContain(sha384(file));
  });

  it.each([...runtime, 'models/anatomy/manifest.json', 'models/infarct/manifest.json'])(
    'has %s checked by the worker',
    file => {
      const worker = readFileSync(path.join(PLUGINS, EXTENSION, 'deep-aspects.worker.js'), 'utf8');
      expect(worker).toContain(sha384(file));
    }
  );

  it('is listed with its checksums, every file of it', () => {
    const lines = readFileSync(path.join(PLUGINS, 'SHA512SUMS'), 'utf8').trimEnd().split('\n');
    const listed = new Map(lines.map(line => line.split('  ').reverse() as [string, string]));
    const files = readdirSync(PLUGINS, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name !== 'SHA512SUMS')
      .map(entry => path.relative(PLUGINS, path.join(entry.parentPath ?? entry.path, entry.name)));
    expect([...listed.keys()].sort()).toEqual(files.sort());
    for (const file of files) {
      const hash = createHash('sha512').update(readFileSync(path.join(PLUGINS, file)));
      expect(listed.get(file)).toBe(hash.digest('hex'));
    }
  });

  it.each(['react', 'react-dom', 'dcmjs', 'dicom-parser', 'onnxruntime-web'])(
    'names %s, its licence and who holds it',
    name => {
      const notices = readFileSync(path.join(PLUGINS, EXTENSION, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
      const [, notice] = notices.split(new RegExp(`^${name} \\d[^\\n]*\\(MIT\\)$`, 'm'));
      expect(notice?.split('-'.repeat(80))[0]).toMatch(/copyright \(c\)[\s\S]*without warranty/i);
    }
  );
});

describe('the example configuration', () => {
  const text = () => readFileSync('dist/app-config.example.js', 'utf8');

  it.each([EXTENSION, MODE].flatMap(name => [`${name}.esm.js`, `${name}.umd.js`]))(
    'has the hash of %s',
    file => {
      const bytes = readFileSync(path.join(PLUGINS, file.split('.')[0], file));
      expect(text()).toContain(`sha384-${createHash('sha384').update(bytes).digest('base64')}`);
    }
  );

  /**
   * Runs the lines in a page of a site that has an extension of its own; `answer` is what its server
   * says of our files.
   */
  function runOnSite(answer: Pick<Response, 'ok' | 'status' | 'headers'>) {
    const page = {
      config: { extensions: ['site-extension'] as unknown[], modes: [] as unknown[] },
      PUBLIC_URL: '/',
      location: { origin: document.location.origin },
      __filename: undefined,
    };
    const silent = { error: () => undefined };
    const surroundings = { window: page, document, fetch: async () => answer, console: silent };
    new Function(...Object.keys(surroundings), text())(...Object.values(surroundings));
    return page;
  }
  const missing = { ok: false, status: 404, headers: new Headers() };

  it('adds to what the site has, and maps both names to addresses without a host name', async () => {
    const { config } = runOnSite(missing);
    await Promise.all([...config.extensions, ...config.modes]);
    expect(config.extensions[0]).toBe('site-extension');
    expect([config.extensions.length, config.modes.length]).toEqual([2, 1]);
    const map = JSON.parse(document.querySelector('script[type="importmap"]')?.textContent ?? '{}') as {
      imports: object;
      integrity: object;
    };
    const addresses = [EXTENSION, MODE].map(name => `/plugins/${name}/${name}.esm.js`);
    expect(map.imports).toEqual({ [EXTENSION]: addresses[0], [MODE]: addresses[1] });
    expect(Object.keys(map.integrity)).toEqual(addresses);
  });

  it('gives the page the name that a part of OHIF reads', () => {
    expect(runOnSite(missing).__filename).toBe('');
  });

  it('puts a mode at the same address, with a panel that says what is wrong, where nothing can be loaded', async () => {
    const { config } = runOnSite(missing);
    const extension = (await config.extensions[1]) as { id: string; getPanelModule: Method };
    const mode = (await config.modes[0]) as { id: string; modeFactory: Method };
    const [panel] = extension.getPanelModule() as { name: string; component: () => string }[];
    expect(panel.component()).toMatch(/could not be loaded from .*: the server answers 404\. .*set PLUGINS/);
    const real = (loadUmd(MODE).modeFactory as Method)() as Record<string, unknown>;
    const broken = mode.modeFactory() as Record<string, unknown> & {
      routes: { path: string; layoutTemplate: () => { props: { rightPanels: string[] } } }[];
    };
    expect([extension.id, mode.id]).toEqual([EXTENSION, MODE]);
    expect([broken.routeName, broken.displayName]).toEqual([real.routeName, real.displayName]);
    expect(broken.routes[0].layoutTemplate().props.rightPanels).toEqual([
      `${EXTENSION}.panelModule.${panel.name}`,
    ]);
    expect(broken.extensions).not.toHaveProperty(EXTENSION);
  });
});

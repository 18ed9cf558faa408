/** @jest-environment jsdom */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as React from 'react';
import * as ReactDOM from 'react-dom';
import * as jsxRuntime from 'react/jsx-runtime';
import { createRoot } from 'react-dom/client';

const PLUGINS = path.resolve('dist/plugins');
const EXTENSION = 'ohif-extension-deep-aspects';
const MODE = 'ohif-mode-stroke-triage';

function bundle(name: string, form: 'umd' | 'esm'): string {
  const file = path.join(PLUGINS, name, `${name}.${form}.js`);
  if (!existsSync(file)) {
    throw new Error(`${file} is not there: run  npm run build  first`);
  }
  return readFileSync(file, 'utf8');
}

/** Runs a UMD bundle as OHIF 3.14 does: a script in a page whose globals, named like the packages, are the host's. */
function loadUmd(name: string): Record<string, unknown> {
  const globals = globalThis as unknown as Record<string, unknown>;
  Object.assign(globals, { react: React, 'react-dom': ReactDOM, 'react/jsx-runtime': jsxRuntime });
  const script = { src: `https://site.example/plugins/${name}/0.1.0/${name}.umd.js` };
  Object.defineProperty(document, 'currentScript', { value: script, configurable: true });
  // Without `exports`, `module` and `define`: the branch that a browser takes.
  new Function('exports', 'module', 'define', bundle(name, 'umd'))();
  return globals[name] as Record<string, unknown>;
}

type Method = (...args: unknown[]) => unknown;

/** The services that registering touches, and nothing of the rest. */
function fakeHost() {
  const attributes: string[] = [];
  const subscribable = { EVENTS: {}, subscribe: () => ({ unsubscribe: () => undefined }) };
  const services = {
    hangingProtocolService: { addCustomAttribute: (id: string) => attributes.push(id) },
    displaySetService: { ...subscribable, getActiveDisplaySets: () => [] },
    viewportGridService: {
      ...subscribable,
      getState: () => ({ activeViewportId: null, viewports: new Map() }),
    },
    cornerstoneViewportService: subscribable,
    segmentationService: subscribable,
    uiNotificationService: { show: () => undefined },
  };
  const managers = {
    servicesManager: { services },
    commandsManager: { runCommand: () => undefined },
    extensionManager: { getModuleEntry: () => undefined, getActiveDataSource: () => [] },
  };
  return { attributes, managers };
}

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

  it("render the panel with the host's React", async () => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    const extension = loadUmd(EXTENSION);
    const { managers } = fakeHost();
    (extension.preRegistration as Method)(managers);
    const [{ component }] = (extension.getPanelModule as Method)(managers) as {
      component: React.ComponentType;
    }[];
    const container = document.body.appendChild(document.createElement('div'));
    const root = createRoot(container);
    await React.act(async () => root.render(React.createElement(component)));
    expect(container.querySelector('[data-cy="aspects-compute"]')?.textContent).toMatch(/Compute ASPECTS/);
    await React.act(async () => {
      root.unmount();
      await new Promise(resolve => setTimeout(resolve, 10));
    });
    expect(container.innerHTML).toBe('');
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

describe('the example configuration', () => {
  const text = () => readFileSync('dist/app-config.example.js', 'utf8');

  it.each([EXTENSION, MODE].flatMap(name => [`${name}.esm.js`, `${name}.umd.js`]))(
    'has the hash of %s',
    file => {
      const bytes = readFileSync(path.join(PLUGINS, file.split('.')[0], file));
      expect(text()).toContain(`sha384-${createHash('sha384').update(bytes).digest('base64')}`);
    }
  );

  /** Runs the lines in a page of a site that has an extension of its own; `answer` is what its server says of our files. */
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

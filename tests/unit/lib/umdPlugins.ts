import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type * as ReactModule from 'react';

export const PLUGINS = path.resolve('dist/plugins');
export const EXTENSION = 'ohif-extension-deep-aspects';
export const MODE = 'ohif-mode-stroke-triage';

/** The text of a built bundle; throws where nothing was built. */
export function bundle(name: string, form: 'umd' | 'esm'): string {
  const file = path.join(PLUGINS, name, `${name}.${form}.js`);
  if (!existsSync(file)) {
    throw new Error(`${file} is not there: run  npm run build  first`);
  }
  return readFileSync(file, 'utf8');
}

/** What OHIF 3.14 shares with runtime plugins of its React, by the names of the globals. */
export interface SharedReact {
  readonly react: Pick<typeof ReactModule, 'createElement' | 'act'>;
  readonly 'react-dom': object;
  readonly 'react/jsx-runtime': object;
}

/**
 * Runs a UMD bundle as OHIF 3.14 does: a script in a page whose globals, named like the packages,
 * are the host's.
 */
export function loadUmd(name: string, shared: SharedReact): Record<string, unknown> {
  const globals = globalThis as unknown as Record<string, unknown>;
  Object.assign(globals, shared);
  const script = { src: `https://site.example/plugins/${name}/0.1.0/${name}.umd.js` };
  Object.defineProperty(document, 'currentScript', { value: script, configurable: true });
  // Without `exports`, `module` and `define`: the branch that a browser takes.
  new Function('exports', 'module', 'define', bundle(name, 'umd'))();
  return globals[name] as Record<string, unknown>;
}

export type Method = (...args: unknown[]) => unknown;

/** The services that registering touches, and nothing of the rest. */
export function fakeHost() {
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

/** Renders the panel of the UMD bundle with that React, as its host would, and takes it away again. */
export async function expectPanelToRender(
  shared: SharedReact,
  createRoot: (container: Element) => { render(node: unknown): void; unmount(): void }
): Promise<void> {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  const { createElement, act } = shared.react;
  const extension = loadUmd(EXTENSION, shared);
  const { managers } = fakeHost();
  (extension.preRegistration as Method)(managers);
  const [{ component }] = (extension.getPanelModule as Method)(managers) as {
    component: ReactModule.ComponentType;
  }[];
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  await act(async () => root.render(createElement(component)));
  expect(container.querySelector('[data-cy="aspects-compute"]')?.textContent).toMatch(/Compute ASPECTS/);
  await act(async () => {
    root.unmount();
    await new Promise(resolve => setTimeout(resolve, 10));
  });
  expect(container.innerHTML).toBe('');
}

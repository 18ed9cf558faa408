/* global __PACKAGES__ -- put in by the build: name, path below PLUGINS and hash of extension and mode */

// OHIF holds a program that reads `__filename` when the browser has its script in memory already: without
// this line pages stay black after some reloads, with Deep-ASPECTS and without.
window.__filename = window.__filename || '';

(function addDeepAspects() {
  // Address of the copied folder, from the server's root or with https://.
  var PLUGINS = (window.PUBLIC_URL || '/') + 'plugins/';

  const [extension, mode] = __PACKAGES__;

  // Without the origin where it is the page's own, so that a policy's hash of the import map fits
  // every host name.
  const address = ({ path }) => {
    const url = new URL(PLUGINS.replace(/\/?$/, '/') + path, document.baseURI);
    return url.origin === window.location.origin ? url.pathname : url.href;
  };
  const importMap = document.createElement('script');
  importMap.type = 'importmap';
  importMap.textContent = JSON.stringify({
    imports: { [extension.name]: address(extension), [mode.name]: address(mode) },
    integrity: { [address(extension)]: extension.hash, [address(mode)]: mode.hash },
  });
  document.head.appendChild(importMap);

  // A name that cannot be imported turns the whole viewer black. OHIF takes promises too, and these never
  // fail: at worst they end in a mode whose panel says what is wrong, and all other modes go on working.
  const loading = Promise.all([load(extension), load(mode)]);
  const orExplain = (index, explain) =>
    loading.then(
      loaded => loaded[index],
      ({ message }) => explain(message)
    );
  const [ourExtension, ourMode] = [orExplain(0, explainingExtension), orExplain(1, explainingMode)];
  loading.catch(({ message }) => console.error(message));
  const { config } = window;
  if (config) {
    window.config = withOurs(config);
  } else {
    // The lines stand before the site's configuration, and wait for it.
    const define = property => Object.defineProperty(window, 'config', { configurable: true, ...property });
    define({ set: late => define({ value: withOurs(late), writable: true, enumerable: true }) });
  }

  // OHIF takes a configuration, or a function that makes one.
  function withOurs(site) {
    if (typeof site === 'function') {
      const make = async services => {
        const made = withOurs({ ...(await site(services)) });
        // The extension looks for its settings there.
        window.config.deepAspects = made.deepAspects || window.config.deepAspects;
        return made;
      };
      return Object.assign(make, site);
    }
    return Object.assign(site, {
      extensions: (site.extensions || []).concat(ourExtension),
      modes: (site.modes || []).concat(ourMode),
    });
  }

  async function load(part) {
    try {
      const loaded = (await import(part.name)).default;
      if (loaded?.id !== part.name) {
        throw new Error('it holds another program');
      }
      return loaded;
    } catch (failure) {
      const url = new URL(address(part), document.baseURI).href;
      throw new Error(
        `Deep-ASPECTS could not be loaded from ${url}: ${await reason(url, part.hash, failure)}`
      );
    }
  }

  async function reason(url, hash, failure) {
    const mendPath = 'Copy the folder "plugins" there, or set PLUGINS in app-config.js to where it is.';
    const answer = await fetch(url, { cache: 'no-cache' }).catch(() => null);
    if (!answer) {
      const isElsewhere = new URL(url).origin !== window.location.origin;
      const mendHost = ' The other host must send Access-Control-Allow-Origin with its files.';
      return `${failure.message}. ${mendPath}${isElsewhere ? mendHost : ''}`;
    }
    const type = answer.headers.get('content-type') || '';
    if (!answer.ok || /html/.test(type)) {
      return `the server answers ${answer.ok ? 'with a web page' : answer.status}. ${mendPath}`;
    }
    if (!/(java|ecma)script/i.test(type)) {
      return `the server sends it as "${type}", and browsers run it only as text/javascript. Mend the type of .js files there.`;
    }
    if (!(await fetch(url, { integrity: hash }).catch(() => null))) {
      return (
        'the file is not the one that the lines in app-config.js were made for. ' +
        'Take the folder "plugins" and the lines of app-config.example.js from the same build.'
      );
    }
    return import(url).then(
      async () => (failure instanceof TypeError ? mapNotTaken() : failure.message),
      broken => `${broken.name}: ${broken.message}`
    );
  }

  async function mapNotTaken() {
    const text = new TextEncoder().encode(importMap.textContent);
    const digest = await window.crypto.subtle?.digest('SHA-256', text);
    const hash = digest ? `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'` : 'its hash';
    return `the browser did not take its import map. The page's Content-Security-Policy must have ${hash} in script-src.`;
  }

  function explainingExtension(sentence) {
    const panel = { name: 'aspects', iconName: 'tab-roi-threshold', iconLabel: 'ASPECTS', label: 'ASPECTS' };
    return { id: extension.name, getPanelModule: () => [{ ...panel, component: () => sentence }] };
  }

  function explainingMode() {
    const viewport = '@ohif/extension-cornerstone.viewportModule.cornerstone';
    const stack = '@ohif/extension-default.sopClassHandlerModule.stack';
    const layout = {
      id: '@ohif/extension-default.layoutTemplateModule.viewerLayout',
      props: {
        leftPanels: ['@ohif/extension-default.panelModule.seriesList'],
        rightPanels: [`${extension.name}.panelModule.aspects`],
        viewports: [{ namespace: viewport, displaySetsToDisplay: [stack] }],
      },
    };
    // Without a React of its own a panel can only be a string, which takes the page's style: black, on black.
    const styleText = style => Object.assign(document.body.style, style);
    const factory = () => ({
      id: mode.name,
      routeName: 'stroke-triage',
      displayName: 'Stroke triage',
      onModeEnter: () => styleText({ color: '#ffb4a8', overflowWrap: 'anywhere' }),
      onModeExit: ({ servicesManager }) => {
        styleText({ color: '', overflowWrap: '' });
        servicesManager.services.cornerstoneViewportService.destroy();
      },
      validationTags: { study: [], series: [] },
      isValidMode: () => ({ valid: true, description: '' }),
      routes: [{ path: 'stroke-triage', layoutTemplate: () => layout }],
      extensions: { '@ohif/extension-default': '^3.11.0', '@ohif/extension-cornerstone': '^3.11.0' },
      hangingProtocol: 'default',
      sopClassHandlers: [stack],
    });
    return { id: mode.name, modeFactory: factory };
  }
})();

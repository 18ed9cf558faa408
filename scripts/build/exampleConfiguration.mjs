/**
 * The text of `dist/app-config.example.js`: what a site adds to its own `app-config.js`, by OHIF version.
 * `integrity`: file name -> subresource integrity hash of the file just built.
 */
export function exampleConfiguration({ extension, mode, integrity }) {
  const entry = (pkg, form) => {
    const file = `${pkg.name}.${form}.js`;
    return { url: `${pkg.name}/${file}`, hash: integrity[file] };
  };
  const [extensionModule, modeModule] = [entry(extension, 'esm'), entry(mode, 'esm')];
  return `/**
 * Deep-ASPECTS ${extension.version}: lines to add to the app-config.js of an OHIF viewer, after \`window.config = {...}\`.
 * Copy the folder \`plugins\` to where your web server serves static files; set PLUGINS to its address.
 * Not a medical device, not for clinical use.
 */

// ---------------------------------------------------------------------------------------------------------------------
// OHIF 3.11, 3.12, 3.13, and the betas of 3.14 that have no runtime plugin descriptors yet: self-contained ES modules.
// ---------------------------------------------------------------------------------------------------------------------
(function addDeepAspects() {
  // Address of the copied folder, relative to the page or absolute; with a slash at its end.
  var PLUGINS = (window.PUBLIC_URL || '/') + 'plugins/';

  function address(path) {
    return new URL(PLUGINS + path, window.location.href).href;
  }
  var extensionUrl = address('${extensionModule.url}');
  var modeUrl = address('${modeModule.url}');
  var integrity = {};
  integrity[extensionUrl] = '${extensionModule.hash}';
  integrity[modeUrl] = '${modeModule.hash}';

  var importMap = document.createElement('script');
  importMap.type = 'importmap';
  importMap.textContent = JSON.stringify({
    imports: {
      '${extension.name}': extensionUrl,
      '${mode.name}': modeUrl,
    },
    integrity: integrity,
  });
  document.head.appendChild(importMap);

  window.config.extensions = (window.config.extensions || []).concat('${extension.name}');
  window.config.modes = (window.config.modes || []).concat('${mode.name}');
})();

// Optional, for every version. All values shown are the defaults.
// window.config.deepAspects = {
//   assetsUrl: '/plugins/${extension.name}/', // folder of worker, wasm and models; found beside the plugin by itself
//   models: { anatomy: '/plugins/${extension.name}/models/anatomy/manifest.json',
//             infarct: '/plugins/${extension.name}/models/infarct/manifest.json' },
//   provider: 'auto', // or 'webgpu', 'wasm'
// };

// ---------------------------------------------------------------------------------------------------------------------
// OHIF 3.14 with runtime plugin descriptors: UMD bundles that share React and OHIF with the viewer. Use these lines
// INSTEAD of the function above.
// ---------------------------------------------------------------------------------------------------------------------
// window.config.extensions = (window.config.extensions || []).concat(${descriptor(extension, entry(extension, 'umd'))});
// window.config.modes = (window.config.modes || []).concat(${descriptor(mode, entry(mode, 'umd'))});
`;
}

function descriptor(pkg, { url, hash }) {
  const fields = {
    packageName: pkg.name,
    importPath: `/plugins/${url}`,
    globalName: pkg.name,
    coreVersionRange: '>=3.14.0-0 <4',
    integrity: hash,
  };
  return JSON.stringify(fields, null, 2).replaceAll('\n', '\n// ');
}

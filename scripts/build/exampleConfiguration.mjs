import { readFile } from 'node:fs/promises';

const SITE_LINES = new URL('siteLines.js', import.meta.url);
/** Line of `siteLines.js` that is for the linter alone. */
const LINTER_LINE = /^\/\* global .*\n\n/;

/**
 * The text of `dist/app-config.example.js`: what a site adds to its own `app-config.js`, by OHIF version.
 * `integrity`: file name -> subresource integrity hash of the file just built.
 */
export async function exampleConfiguration({ extension, mode, integrity }) {
  const entry = (pkg, form) => {
    const file = `${pkg.name}.${form}.js`;
    return { name: pkg.name, path: `${pkg.name}/${file}`, hash: integrity[file] };
  };
  const packages = JSON.stringify([entry(extension, 'esm'), entry(mode, 'esm')], null, 2);
  const lines = (await readFile(SITE_LINES, 'utf8'))
    .replace(LINTER_LINE, '')
    .replace('__PACKAGES__', () => packages.replaceAll('\n', '\n  '));
  return `/**
 * Deep-ASPECTS ${extension.version}: lines to add to the app-config.js of an OHIF viewer.
 * Copy the folder \`plugins\` to where your web server serves static files; set PLUGINS to its address.
 * Not a medical device, not for clinical use.
 */

// ---------------------------------------------------------------------------------------------------------------------
// OHIF 3.11, 3.12, 3.13, and the betas of 3.14 that have no runtime plugin descriptors yet: self-contained ES modules.
// ---------------------------------------------------------------------------------------------------------------------
${lines}
// Optional, for every version. All values shown are the defaults.
// window.config.deepAspects = {
//   assetsUrl: '/plugins/${extension.name}/', // folder of worker, wasm and models; the plugin's own folder where it is not set
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

function descriptor(pkg, { path, hash }) {
  const fields = {
    packageName: pkg.name,
    importPath: `/plugins/${path}`,
    globalName: pkg.name,
    coreVersionRange: '>=3.14.0-0 <4',
    integrity: hash,
  };
  return JSON.stringify(fields, null, 2).replaceAll('\n', '\n// ');
}

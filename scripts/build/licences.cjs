const { readdir, readFile, writeFile } = require('node:fs/promises');
const path = require('node:path');
const LicensePlugin = require('webpack-license-plugin');

/** Next to the plugins, not among what a site copies. */
const LISTS = path.resolve(__dirname, '../../dist/licences');
const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/** The licences that may be passed on within an MIT package with no more than their text. */
const ACCEPTED = /^\(?(MIT|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|Zlib|Unlicense)\b/;

/** Packages that come without the text of their licence, and whose it is by their package.json. */
const HOLDERS = new Map([
  ['onnxruntime-web', 'Microsoft Corporation'],
  ['onnxruntime-common', 'Microsoft Corporation'],
]);

/**
 * The configuration of a package's bundle, which then lists what it took from npm, and fails where a licence
 * is not one of `ACCEPTED`.
 */
function withLicences(pkg, bundle, configuration) {
  const plugin = new LicensePlugin({
    outputFilename: path.join(path.relative(configuration.output.path, LISTS), pkg.name, `${bundle}.json`),
    excludedPackageTest: name => name.startsWith('@deep-aspects/') || name.startsWith('ohif-'),
    unacceptableLicenseTest: licence => !ACCEPTED.test(licence),
  });
  return { ...configuration, plugins: [...configuration.plugins, plugin] };
}

/**
 * Turns the lists of a package's bundles into one text in its folder: every bundled package with its licence.
 */
async function writeNotices(pkg, folder) {
  const packages = new Map();
  for (const list of await readdir(path.join(LISTS, pkg.name))) {
    for (const found of JSON.parse(await readFile(path.join(LISTS, pkg.name, list), 'utf8'))) {
      packages.set(`${found.name} ${found.version}`, found);
    }
  }
  if (!packages.size) {
    return;
  }
  const mit = await readFile(path.resolve(__dirname, '../../LICENSE'), 'utf8');
  const notices = [...packages]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([title, found]) => `${title} (${found.license})\n\n${textOf(found, mit).trim()}\n`);
  const head = 'Software of others within the files of this folder, and its licences.\n';
  await writeFile(path.join(folder, NOTICES), [head, ...notices].join(`\n${'-'.repeat(80)}\n\n`));
}

function textOf({ name, license, licenseText }, mit) {
  if (licenseText) {
    return licenseText;
  }
  const holder = HOLDERS.get(name);
  if (!holder || license !== 'MIT') {
    throw new Error(
      `${name} comes without the text of its licence (${license}); scripts/build/licences.cjs must know it`
    );
  }
  return mit.replace(/^Copyright.*$/m, `Copyright (c) ${holder}`);
}

module.exports = { withLicences, writeNotices };

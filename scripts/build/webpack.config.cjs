const path = require('node:path');
const webpack = require('webpack');

const root = path.resolve(__dirname, '../..');
const plugins = path.join(root, 'dist/plugins');

const EXTENSION = require(path.join(root, 'extensions/deep-aspects/package.json'));
const MODE = require(path.join(root, 'modes/stroke-triage/package.json'));

/**
 * Modules that OHIF 3.14 shares with runtime plugins through globals of the same name (plugin contract v1).
 */
const HOST_SHARED = [
  'react',
  'react-dom',
  'react/jsx-runtime',
  '@ohif/core',
  '@ohif/ui-next',
  '@ohif/i18n',
  '@ohif/extension-default',
  '@ohif/extension-cornerstone',
  '@cornerstonejs/core',
  '@cornerstonejs/tools',
  'dcmjs',
  'gl-matrix',
];

const umdExternals = Object.fromEntries(
  HOST_SHARED.map(name => [name, { root: name, commonjs: name, commonjs2: name, amd: name }])
);
// It has no global of its own in the host, and only the bundle with a React of its own makes roots.
umdExternals['react-dom/client'] = umdExternals['react-dom'];

/**
 * What every bundle shares. `url` and `worker` are off: assets are found at run time, next to the
 * plugin's own file.
 */
function common(name, entry, production) {
  return {
    name,
    entry: path.join(root, entry),
    mode: production ? 'production' : 'development',
    devtool: production ? false : 'source-map',
    context: root,
    resolve: {
      extensions: ['.tsx', '.ts', '.mjs', '.js'],
      extensionAlias: { '.js': ['.ts', '.tsx', '.js'] },
    },
    module: {
      parser: { javascript: { url: false, worker: false, importMeta: false } },
      rules: [
        {
          test: /\.[jt]sx?$/,
          exclude: /node_modules/,
          loader: 'babel-loader',
          options: { cacheDirectory: path.join(root, 'node_modules/.cache/babel-loader') },
        },
        { test: /\.css$/, type: 'asset/source' },
        {
          test: /\.schema\.json$/,
          type: 'javascript/auto',
          loader: path.join(__dirname, 'schemaValidator.cjs'),
        },
      ],
    },
    performance: { hints: false },
    optimization: { splitChunks: false, runtimeChunk: false },
  };
}

/**
 * The plugin for OHIF 3.14's runtime descriptors and for sites that build OHIF: shares React and OHIF
 * with its host.
 */
function umd(pkg, entry, production, integrity = {}) {
  return {
    ...common(`${pkg.name} (UMD)`, entry, production),
    target: ['web', 'es2022'],
    output: {
      path: path.join(plugins, pkg.name),
      filename: `${pkg.name}.umd.js`,
      library: { name: pkg.name, type: 'umd', export: 'default' },
      globalObject: 'globalThis',
      publicPath: '',
    },
    externals: umdExternals,
    plugins: [
      new webpack.DefinePlugin({
        __PLUGIN_URL__:
          '(typeof document !== "undefined" && document.currentScript ? document.currentScript.src : "")',
        __PLUGIN_VERSION__: JSON.stringify(pkg.version),
        __SHARES_REACT__: 'true',
        __FILE_INTEGRITY__: JSON.stringify(integrity),
      }),
    ],
  };
}

/** The plugin for OHIF 3.11 to 3.13: one self-contained ES module that shares nothing with its host. */
function esm(pkg, entry, production, integrity = {}) {
  return {
    ...common(`${pkg.name} (ES module)`, entry, production),
    target: ['web', 'es2022'],
    experiments: { outputModule: true },
    output: {
      path: path.join(plugins, pkg.name),
      filename: `${pkg.name}.esm.js`,
      library: { type: 'module' },
      module: true,
      publicPath: '',
    },
    plugins: [
      new webpack.DefinePlugin({
        __PLUGIN_URL__: 'import.meta.url',
        __PLUGIN_VERSION__: JSON.stringify(pkg.version),
        __SHARES_REACT__: 'false',
        __FILE_INTEGRITY__: JSON.stringify(integrity),
      }),
    ],
  };
}

/** The inference worker: a module worker, in the folder of the extension's bundles. */
function worker(production, integrity) {
  const shared = common('inference worker', 'extensions/deep-aspects/src/inference/worker.ts', production);
  return {
    ...shared,
    // The ONNX runtime without its embedded glue script: that one would look for itself inside this bundle.
    resolve: { ...shared.resolve, conditionNames: ['onnxruntime-web-use-extern-wasm', '...'] },
    target: ['webworker', 'es2022'],
    experiments: { outputModule: true },
    output: {
      path: path.join(plugins, EXTENSION.name),
      filename: 'deep-aspects.worker.js',
      module: true,
      publicPath: '',
    },
    plugins: [
      new webpack.DefinePlugin({
        __PLUGIN_VERSION__: JSON.stringify(EXTENSION.version),
        __FILE_INTEGRITY__: JSON.stringify(integrity),
      }),
    ],
  };
}

/** What writes PDF: a module that the extension's bundles load from their own folder when it is asked for. */
function pdfWriter(production) {
  return {
    ...common('PDF writer', 'extensions/deep-aspects/src/ohif/pdf/summaryPdf.ts', production),
    target: ['web', 'es2022'],
    experiments: { outputModule: true },
    output: {
      path: path.join(plugins, EXTENSION.name),
      filename: 'deep-aspects.pdf.js',
      library: { type: 'module' },
      module: true,
      publicPath: '',
    },
    plugins: [],
  };
}

/**
 * Programs for Node: the demo server and the command line. Native and wasm packages stay where npm put them.
 */
function nodeProgram(name, entry, output, externals, production) {
  return {
    ...common(name, entry, production),
    target: 'node20',
    node: { __dirname: false, __filename: false },
    output: {
      path: path.join(root, path.dirname(output)),
      filename: path.basename(output),
      library: { type: 'commonjs2' },
    },
    externalsPresets: { node: true },
    externals: [
      ({ request }, done) => (externals.test(request) ? done(null, `commonjs ${request}`) : done()),
    ],
    optimization: { minimize: false },
    plugins: [new webpack.DefinePlugin({ __PLUGIN_VERSION__: JSON.stringify(EXTENSION.version) })],
  };
}

module.exports = { root, plugins, EXTENSION, MODE, umd, esm, worker, pdfWriter, nodeProgram };

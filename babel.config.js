/**
 * One Babel configuration for webpack and jest: TypeScript and JSX to what Node 20 and
 * WebGPU-capable browsers run.
 */
module.exports = {
  presets: [
    ['@babel/preset-env', { targets: { node: '20', chrome: '113', firefox: '128', safari: '16.4' } }],
    ['@babel/preset-react', { runtime: 'automatic' }],
    '@babel/preset-typescript',
  ],
};

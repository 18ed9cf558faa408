import tseslint from 'typescript-eslint';
import boundaries from './scripts/eslint/boundaries.mjs';

const SOURCE = 'extensions/deep-aspects/src';

/** Every import of cornerstone or of OHIF: only `viewer/` may, since it gets the host's own copy through the host. */
const HOST_PACKAGES = {
  regex: '^(@cornerstonejs|@ohif)/',
  message: 'Only viewer/ may use cornerstone or OHIF, and it gets them from the host.',
};

/** What runs in a worker and in the command line must not know of a viewer. */
const VIEWER_ROOMS = {
  regex: '/(viewer|panel)/',
  message: 'inference/ and report/ know nothing of the viewer.',
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/.venv/**',
      'test-results/**',
      'coverage/**',
      'models/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.{js,cjs,mjs}'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    plugins: { 'deep-aspects': boundaries },
    files: [`${SOURCE}/core/**/*.{ts,tsx}`],
    ignores: ['**/*.test.{ts,tsx}'],
    rules: { 'deep-aspects/imports-stay-within': ['error', { folder: `${SOURCE}/core` }] },
  },
  {
    plugins: { 'deep-aspects': boundaries },
    files: [`${SOURCE}/**/*.{ts,tsx}`],
    ignores: [`${SOURCE}/viewer/**`, `${SOURCE}/{index,get*Module}.{ts,tsx}`, '**/*.test.{ts,tsx}'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [HOST_PACKAGES] }],
      'deep-aspects/no-host-services': 'error',
    },
  },
  {
    files: [`${SOURCE}/{inference,report}/**/*.{ts,tsx}`],
    ignores: ['**/*.test.{ts,tsx}'],
    rules: { 'no-restricted-imports': ['error', { patterns: [HOST_PACKAGES, VIEWER_ROOMS] }] },
  }
);

import tseslint from 'typescript-eslint';
import boundaries from './scripts/lint/boundaries.mjs';

const EXTENSION = 'extensions/deep-aspects/src';
const ASPECTS = 'packages/aspects/src';
const TESTS = '**/*.test.{ts,tsx}';
const LONGEST_FILE = 400;
const MOST_PARAMETERS = 5;
const WIDEST_COMMENT = 110;

/** Folders of `packages/aspects` in the order in which they may import each other. */
const FOLDERS = [
  { name: 'base' },
  { name: 'series', folders: ['base'] },
  { name: 'scoring', folders: ['base', 'series'] },
  { name: 'evaluation', folders: ['base', 'series', 'scoring'] },
  {
    name: 'report',
    folders: ['base', 'series', 'scoring'],
    packages: ['dcmjs', 'dicom-parser', 'd3-array', 'd3-contour', '@noble/hashes'],
  },
];

/** What a page, a worker and Node do not all have. */
const ENVIRONMENT = [
  'window',
  'document',
  'navigator',
  'self',
  'process',
  'fetch',
  'indexedDB',
  'Image',
  'Buffer',
];

/**
 * Every import of cornerstone or of OHIF: only `ohif/` may, since it gets the host's own copy
 * through the host.
 */
const HOST_PACKAGES = {
  regex: '^(@cornerstonejs|@ohif)/',
  message: 'Only ohif/ may use cornerstone or OHIF, and it gets them from the host.',
};

/** What runs in a worker must not know of a viewer. */
const VIEWER_FOLDERS = {
  regex: '/(session|ohif|panel)/',
  message: 'inference/ knows nothing of the viewer.',
};

/** The session runs over its ports, against OHIF and against fakes alike. */
const ADAPTERS = {
  regex: '/(ohif|panel)/',
  message: 'session/ reaches OHIF through its ports.',
};

const withoutHost = (files, ...patterns) => ({
  files,
  ignores: [TESTS],
  rules: { 'no-restricted-imports': ['error', { patterns: [HOST_PACKAGES, ...patterns] }] },
});

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
  { rules: { 'max-lines': ['error', LONGEST_FILE] } },
  {
    ignores: [TESTS, '**/testing/**', 'tests/**'],
    rules: { 'no-nested-ternary': 'error', 'max-params': ['error', MOST_PARAMETERS] },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    // The TypeScript parser takes a name that is declared twice, which no runtime does, and no compiler looks
    // at these files.
    rules: { '@typescript-eslint/no-require-imports': 'off', 'no-redeclare': 'error' },
  },
  {
    plugins: { 'deep-aspects': boundaries },
    rules: {
      'deep-aspects/packages-by-their-entries': 'error',
      // Prettier wraps code, not comments.
      'max-len': ['error', { code: 1000, comments: WIDEST_COMMENT, ignoreUrls: true }],
    },
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
    files: [`${ASPECTS}/**/*.ts`],
    ignores: [TESTS],
    rules: { 'no-restricted-globals': ['error', ...ENVIRONMENT] },
  },
  ...FOLDERS.map(({ name, folders = [], packages = [] }) => ({
    files: [`${ASPECTS}/${name}/**/*.ts`],
    ignores: [TESTS],
    rules: {
      'deep-aspects/imports-stay-within': [
        'error',
        { folder: `${ASPECTS}/${name}`, folders: folders.map(other => `${ASPECTS}/${other}`), packages },
      ],
    },
  })),
  {
    files: [`${EXTENSION}/**/*.{ts,tsx}`],
    ignores: [`${EXTENSION}/ohif/**`, `${EXTENSION}/{index,names,get*Module}.{ts,tsx}`, TESTS],
    rules: { 'deep-aspects/no-host-services': 'error' },
  },
  withoutHost([`${EXTENSION}/{panel,i18n,worklist}/**/*.{ts,tsx}`], {
    regex: '/ohif/',
    message: 'What is shown runs commands; it does not know what they are carried out by.',
  }),
  withoutHost([`${EXTENSION}/inference/**/*.{ts,tsx}`], VIEWER_FOLDERS),
  withoutHost([`${EXTENSION}/session/**/*.{ts,tsx}`], ADAPTERS)
);

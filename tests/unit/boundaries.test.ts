import { spawnSync } from 'node:child_process';

const SOURCE = 'extensions/deep-aspects/src';

/** [what the snippet does, file it stands in, snippet, rules it breaks] */
const CASES: [string, string, string, string[]][] = [
  [
    'core imports a package',
    'core/aspects/snippet.ts',
    "import { vec3 } from 'gl-matrix';\nexport const v = vec3;",
    ['deep-aspects/imports-stay-within'],
  ],
  [
    'core re-exports the viewer',
    'core/aspects/snippet.ts',
    "export { INITIAL_STATE } from '../../viewer/state';",
    ['deep-aspects/imports-stay-within'],
  ],
  [
    'core imports a package lazily',
    'core/snippet.ts',
    "export const later = () => import('onnxruntime-web');",
    ['deep-aspects/imports-stay-within'],
  ],
  [
    'core imports a type of another folder',
    'core/snippet.ts',
    "import type { Draft } from '../viewer/state';\nexport type D = Draft;",
    ['deep-aspects/imports-stay-within'],
  ],
  [
    'core imports core',
    'core/series/snippet.ts',
    "import type { Side } from '../aspects/regions';\nexport type S = Side;",
    [],
  ],
  ...['panel/Snippet.tsx', 'report/snippet.ts', 'inference/snippet.ts'].map(
    (file): (typeof CASES)[number] => [
      `${file} imports cornerstone`,
      file,
      "import { cache } from '@cornerstonejs/core';\nexport const c = cache;",
      ['no-restricted-imports'],
    ]
  ),
  [
    'the inference imports the viewer',
    'inference/snippet.ts',
    "import { INITIAL_STATE } from '../viewer/state';\nexport const s = INITIAL_STATE;",
    ['no-restricted-imports'],
  ],
  [
    'the panel calls an OHIF service',
    'panel/Snippet.tsx',
    'export const f = (toolbarService: { refresh(): void }) => toolbarService.refresh();',
    ['deep-aspects/no-host-services'],
  ],
  [
    'the viewer uses cornerstone and a service',
    'viewer/snippet.ts',
    "import type { Types } from '@cornerstonejs/core';\n" +
      'export const f = (toolbarService: { refresh(): Types.Point3 }) => toolbarService.refresh();',
    [],
  ],
];

/** Jest cannot load ESLint's configuration module, so another Node does. */
const LINT_STDIN = `
  import { ESLint } from 'eslint';
  import { readFileSync } from 'node:fs';
  const eslint = new ESLint();
  const rules = [];
  for (const { filePath, snippet } of JSON.parse(readFileSync(0, 'utf8'))) {
    const [{ messages }] = await eslint.lintText(snippet, { filePath });
    rules.push(messages.filter(message => message.severity === 2).map(message => message.ruleId));
  }
  console.log(JSON.stringify(rules));`;

describe('the lint rules', () => {
  let broken: string[][];

  beforeAll(() => {
    const input = JSON.stringify(
      CASES.map(([, file, snippet]) => ({ filePath: `${SOURCE}/${file}`, snippet }))
    );
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', LINT_STDIN], {
      input,
      encoding: 'utf8',
    });
    if (!stdout) {
      throw new Error(stderr);
    }
    broken = JSON.parse(stdout) as string[][];
  }, 60_000);

  it.each(CASES.map(([name, , , rules], index) => ({ name, rules, index })))(
    '$name: $rules',
    ({ rules, index }) => {
      expect(broken[index]).toEqual(rules);
    }
  );
});

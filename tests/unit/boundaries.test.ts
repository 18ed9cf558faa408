import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const EXTENSION = 'extensions/deep-aspects/src';
const ASPECTS = 'packages/aspects/src';

/** [what the snippet does, file it stands in, snippet, rules it breaks] */
const CASES: [string, string, string, string[]][] = [
  [
    'the scoring imports a package',
    `${ASPECTS}/scoring/aspects/snippet.ts`,
    "import { vec3 } from 'gl-matrix';\nexport const v = vec3;",
    ['deep-aspects/imports-stay-within'],
  ],
  [
    'the scoring imports a package lazily',
    `${ASPECTS}/scoring/snippet.ts`,
    "export const later = () => import('onnxruntime-web');",
    ['deep-aspects/imports-stay-within'],
  ],
  [
    'the scoring imports the report',
    `${ASPECTS}/scoring/aspects/snippet.ts`,
    "export { reportCsv } from '../../report/files/reportCsv';",
    ['deep-aspects/imports-stay-within'],
  ],
  [
    'the series import a type of the scoring',
    `${ASPECTS}/series/snippet.ts`,
    "import type { Side } from '../scoring/aspects/regions';\nexport type S = Side;",
    ['deep-aspects/imports-stay-within'],
  ],
  [
    'the scoring imports the series',
    `${ASPECTS}/scoring/aspects/snippet.ts`,
    "import type { HeadCtSeries } from '../../series/headCtSeries';\nexport type S = HeadCtSeries;",
    [],
  ],
  [
    'the report imports its DICOM library',
    `${ASPECTS}/report/dicom/snippet.ts`,
    "import { parseDicom } from 'dicom-parser';\nexport const p = parseDicom;",
    [],
  ],
  [
    'the report uses the DOM',
    `${ASPECTS}/report/summary/snippet.ts`,
    "export const canvas = () => document.createElement('canvas');",
    ['no-restricted-globals'],
  ],
  [
    'packages/aspects imports the extension by its path',
    `${ASPECTS}/scoring/snippet.ts`,
    "export { INITIAL_STATE } from '../../../../extensions/deep-aspects/src/session/state';",
    ['deep-aspects/packages-by-their-entries', 'deep-aspects/imports-stay-within'],
  ],
  [
    'the command line imports another package by its path',
    'cli/src/score/snippet.ts',
    "export { Refusal } from '../../../packages/aspects/src/series/refusal';",
    ['deep-aspects/packages-by-their-entries'],
  ],
  [
    'a test imports another package by its path',
    'tests/unit/snippet.test.ts',
    "import { withFitSeries } from '../../cli/src/score/pickSeries';\nexport const f = withFitSeries;",
    ['deep-aspects/packages-by-their-entries'],
  ],
  [
    'the extension imports a file inside packages/aspects',
    `${EXTENSION}/session/snippet.ts`,
    "import type { Refusal } from '@deep-aspects/aspects/src/series/refusal';\nexport type R = Refusal;",
    ['deep-aspects/packages-by-their-entries'],
  ],
  [
    'the mode imports the whole of packages/aspects',
    'modes/stroke-triage/src/snippet.ts',
    "import { SOFTWARE } from '@deep-aspects/aspects';\nexport const s = SOFTWARE;",
    ['deep-aspects/packages-by-their-entries'],
  ],
  [
    'the command line imports an entry',
    'cli/src/score/snippet.ts',
    "import { SOFTWARE } from '@deep-aspects/aspects/scoring';\nexport const s = SOFTWARE;",
    [],
  ],
  [
    'what ships imports helpers of tests',
    `${EXTENSION}/session/snippet.ts`,
    "import { headPhantom } from '@deep-aspects/aspects/testing';\nexport const p = headPhantom;",
    ['deep-aspects/packages-by-their-entries'],
  ],
  [
    'what ships imports helpers of tests of its own package',
    `${EXTENSION}/session/snippet.ts`,
    "import { startedSession } from './testing/startedSession';\nexport const s = startedSession;",
    ['deep-aspects/packages-by-their-entries'],
  ],
  [
    'a test imports helpers of tests',
    `${EXTENSION}/session/snippet.test.ts`,
    "import { headPhantom } from '@deep-aspects/aspects/testing';\nexport const p = headPhantom;",
    [],
  ],
  ...['panel/Snippet.tsx', 'session/snippet.ts', 'inference/snippet.ts'].map(
    (file): (typeof CASES)[number] => [
      `${file} imports cornerstone`,
      `${EXTENSION}/${file}`,
      "import { cache } from '@cornerstonejs/core';\nexport const c = cache;",
      ['no-restricted-imports'],
    ]
  ),
  [
    'the inference imports the session',
    `${EXTENSION}/inference/snippet.ts`,
    "import { INITIAL_STATE } from '../session/state';\nexport const s = INITIAL_STATE;",
    ['no-restricted-imports'],
  ],
  [
    'the session imports an adapter to OHIF',
    `${EXTENSION}/session/snippet.ts`,
    "import type { OhifManagers } from '../ohif/host/managers';\nexport type M = OhifManagers;",
    ['no-restricted-imports'],
  ],
  [
    'the panel calls an OHIF service',
    `${EXTENSION}/panel/Snippet.tsx`,
    'export const f = (toolbarService: { refresh(): void }) => toolbarService.refresh();',
    ['deep-aspects/no-host-services'],
  ],
  [
    'an adapter uses cornerstone and a service',
    `${EXTENSION}/ohif/snippet.ts`,
    "import type { Types } from '@cornerstonejs/core';\n" +
      'export const f = (toolbarService: { refresh(): Types.Point3 }) => toolbarService.refresh();',
    [],
  ],
  [
    'what comes in may be anything',
    'cli/src/score/snippet.ts',
    'export const widthOf = (answer: any) => answer.width;',
    ['@typescript-eslint/no-explicit-any'],
  ],
  ...['cli/src/score/snippet.ts', 'tests/e2e/cases/snippet.e2e.mjs'].flatMap((file): typeof CASES => [
    [`${file} has 400 lines`, file, '// line\n'.repeat(400), []],
    [`${file} has one more`, file, '// line\n'.repeat(401), ['max-lines']],
  ]),
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
    const input = JSON.stringify(CASES.map(([, file, snippet]) => ({ filePath: file, snippet })));
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

it.each([
  [`${EXTENSION}`, '.css'],
  ['models/training', '.py'],
])('what ESLint does not read is no longer than 400 lines either: %s, %s', (folder, ending) => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith(ending)
  );
  const lines = (file: string) => readFileSync(path.join(folder, file), 'utf8').split('\n').length - 1;
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter(file => lines(file) > 400)).toEqual([]);
});

describe('the check for circles', () => {
  const circlesIn = (files: Readonly<Record<string, string>>) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'circles-'));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), text);
    }
    const program = path.resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const config = path.resolve('scripts/lint/circles.cjs');
    const { status, stdout } = spawnSync(process.execPath, [program, '--config', config, folder], {
      encoding: 'utf8',
    });
    return { status, stdout };
  };

  it('fails where two files import each other, if only types', () => {
    const { status, stdout } = circlesIn({
      'one.ts': "import type { Two } from './two';\nexport interface One { two?: Two }",
      'two.ts': "import type { One } from './one';\nexport interface Two { one?: One }",
    });
    expect(stdout).toContain('no-circular');
    expect(status).not.toBe(0);
  });

  it('passes where one file imports the other', () => {
    const { status } = circlesIn({
      'one.ts': "import type { Two } from './two';\nexport interface One { two?: Two }",
      'two.ts': 'export interface Two { one?: number }',
    });
    expect(status).toBe(0);
  });
});

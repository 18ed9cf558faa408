import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** As in eslint.config.mjs, which sees no Python and no style sheets. */
const LONGEST_FILE = 400;
const ROOT = path.join(__dirname, '../..');

const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith(ending) && !/(^|[\\/])(node_modules|\.[^\\/]+)[\\/]/.test(file))
    .map(file => path.join(folder, file));

test.each([
  ['Python', filesOf('models/training', '.py')],
  ['style sheet', filesOf('extensions', '.css')],
])(`no %s file has more than ${LONGEST_FILE} lines`, (_, files) => {
  expect(files.length).toBeGreaterThan(1);
  const linesOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8').split('\n').length - 1;
  expect(files.filter(file => linesOf(file) > LONGEST_FILE)).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { SOFTWARE } from '@deep-aspects/aspects/scoring';

const versionOf = (folder: string): string =>
  (JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version: string }).version;

it.each(['.', 'packages/aspects', 'extensions/deep-aspects', 'modes/stroke-triage', 'cli', 'demo-server'])(
  'results name the version of the package in %s',
  folder => expect(versionOf(folder)).toBe(SOFTWARE.version)
);

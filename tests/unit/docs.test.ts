import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { REFUSAL_CODES, WARNING_CODES } from '@deep-aspects/aspects/series';

const ROOT = path.join(__dirname, '../..');
const FOREIGN = new Set(['node_modules', 'dist', 'coverage', 'test-results', 'runs']);
const FILES = filesBelow('');
const PAGES = FILES.filter(file => file.endsWith('.md'));
/** Pages whose code names are all of this repository; others name programs and fields of other makers too. */
const MAPS = ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/metrics.md', 'docs/evidence.md'];

/** Paths from the root of the repository; what is installed, built or hidden is left out. */
function filesBelow(folder: string): string[] {
  const entries = readdirSync(path.join(ROOT, folder), { withFileTypes: true });
  return entries
    .filter(({ name }) => !name.startsWith('.') && !FOREIGN.has(name))
    .flatMap(entry => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(file) : [file];
    });
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

function hasAnchor(page: string, anchor: string): boolean {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].some(([, heading]) => anchorOf(heading) === anchor);
}

/** Links of a page into this repository that lead nowhere. */
function brokenLinks(page: string): string[] {
  return [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)]
    .filter(([, file, anchor]) => {
      const target = file === '' ? page : path.join(path.dirname(page), file);
      return !existsSync(path.join(ROOT, target)) || (anchor !== '' && !hasAnchor(target, anchor));
    })
    .map(([link]) => link);
}

/** Source files that a page names, by their whole path or its end, and that are not there. */
function missingFiles(page: string): string[] {
  const named = [...read(page).matchAll(/`([\w./-]+\.(?:tsx?|mjs|py|yaml|schema\.json))`/g)];
  return named.map(([, file]) => file).filter(file => !FILES.some(known => `/${known}`.endsWith(`/${file}`)));
}

/** Every word of the source files: a function, type, field or option is among them as long as it is there. */
const WORDS = new Set(
  FILES.filter(
    file => /\.(tsx?|[cm]?js|py|yaml|json|sh)$/.test(file) && file !== path.relative(ROOT, __filename)
  )
    .map(read)
    .flatMap(text => text.match(/[A-Za-z_$][\w$]*/g) ?? [])
);

/** Names in code type, whole or in parts (`worker.run`), that no source file has. */
function unknownNames(page: string): string[] {
  const named = [...read(page).matchAll(/`([A-Za-z_$][\w$]*(?:\.[A-Za-z_]\w*)*)(?:\(\))?`/g)];
  return named.flatMap(([, name]) => name.split('.')).filter(name => !WORDS.has(name));
}

test.each(PAGES)('%s has no link that leads nowhere', page => expect(brokenLinks(page)).toEqual([]));

test.each(PAGES)('%s names source files that are there', page => expect(missingFiles(page)).toEqual([]));

test.each(MAPS)('%s names functions, types and settings that are there', page =>
  expect(unknownNames(page)).toEqual([])
);

test.each([...WARNING_CODES, ...REFUSAL_CODES])('docs/cli.md has %s', code => {
  expect(read('docs/cli.md')).toContain(`\`${code}\``);
});

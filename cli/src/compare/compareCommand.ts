import { readFileSync } from 'node:fs';
import { parseCommandArguments, requireExisting, wholeNumber } from '../commandArguments';
import type { CommandHost } from '../commandHost';
import { EXIT, UsageError } from '../exitStatus';
import { requireWritable, writeWhole } from '../output/writeWhole';
import { BOOTSTRAP_SEED, DEFAULT_REPLICATES } from '../evaluate/evaluateArguments';
import { compareTables } from './compareTables';
import { anatomyTable, figuresTable } from './modelCardFigures';
import { readRecords, type RecordsFile } from './recordsFile';
import type { CompareOptions } from './recordsReport';

const OPTIONS = {
  markdown: { type: 'string' },
  page: { type: 'string', multiple: true },
  'simulate-readers': { type: 'string' },
  bootstrap: { type: 'string' },
} as const;

/**
 * `deep-aspects compare FILE...`: several pairs of networks in the paper's tables, from their case records.
 */
export async function compareCommand(argv: readonly string[], host: CommandHost): Promise<number> {
  const { values, positionals } = parseCommandArguments(argv, OPTIONS);
  if (positionals.length === 0) {
    throw new UsageError('compare needs FILEs: case records, made with "evaluate DIR --records FILE"');
  }
  positionals.forEach(requireExisting);
  requireWritable('--markdown', values.markdown);
  values.page?.forEach(page => requireWritable('--page', page));
  const files = positionals.map(readRecords);
  const options: CompareOptions = {
    bootstrap: {
      replicates: wholeNumber('--bootstrap', values.bootstrap) ?? DEFAULT_REPLICATES,
      seed: BOOTSTRAP_SEED,
    },
    simulateReadersSeed: wholeNumber('--simulate-readers', values['simulate-readers']),
  };
  values.page?.forEach(page =>
    writeWhole(page, fillPage(readFileSync(page, 'utf8'), partsOf(files, options), page))
  );
  if (values.markdown) {
    writeWhole(values.markdown, `${compareTables(files, options)}\n`);
  }
  if (!values.page && !values.markdown) {
    host.stdout.write(`${compareTables(files, options)}\n`);
  }
  return EXIT.done;
}

/** What a page can hold, by the name of its marks. */
function partsOf(files: readonly RecordsFile[], options: CompareOptions): Parts {
  const one = () => {
    if (files.length !== 1) {
      throw new UsageError('a model card has the figures of one FILE');
    }
    return files[0];
  };
  return {
    tables: () => compareTables(files, options),
    figures: () => figuresTable(one(), options.bootstrap),
    'anatomy figures': () => anatomyTable(one(), options.bootstrap),
  };
}

type Parts = Readonly<Record<string, () => string>>;

/**
 * A page with each part that it has marks for between `<!-- NAME: begin -->` and `<!-- NAME: end -->`.
 *
 * @throws UsageError where it has no marks, or one without the other
 */
export function fillPage(page: string, parts: Parts, name: string): string {
  const marked = Object.keys(parts).filter(part => page.includes(`<!-- ${part}: begin -->`));
  if (marked.length === 0) {
    throw new UsageError(`${name} has no <!-- ${Object.keys(parts)[0]}: begin -->`);
  }
  return marked.reduce((filled, part) => {
    const [begin, end] = [`<!-- ${part}: begin -->`, `<!-- ${part}: end -->`];
    const [from, to] = [filled.indexOf(begin), filled.indexOf(end)];
    if (to < from) {
      throw new UsageError(`${name} has no ${begin} with a ${end} after it`);
    }
    return `${filled.slice(0, from)}${begin}\n\n${parts[part]()}\n\n${filled.slice(to)}`;
  }, page);
}

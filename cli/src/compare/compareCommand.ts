import { readFileSync } from 'node:fs';
import { parseCommandArguments, requireExisting, wholeNumber } from '../commandArguments';
import type { CommandHost } from '../commandHost';
import { EXIT, UsageError } from '../exitStatus';
import { requireWritable, writeWhole } from '../output/writeWhole';
import { BOOTSTRAP_SEED, DEFAULT_REPLICATES } from '../evaluate/evaluateArguments';
import { compareTables } from './compareTables';
import { readRecords } from './recordsFile';

const OPTIONS = {
  markdown: { type: 'string' },
  page: { type: 'string' },
  'simulate-readers': { type: 'string' },
  bootstrap: { type: 'string' },
} as const;

/** `deep-aspects compare FILE...`: several pairs of networks in the paper's tables, from their case records. */
export async function compareCommand(argv: readonly string[], host: CommandHost): Promise<number> {
  const { values, positionals } = parseCommandArguments(argv, OPTIONS);
  if (positionals.length === 0) {
    throw new UsageError('compare needs FILEs: case records, made with "evaluate DIR --records FILE"');
  }
  positionals.forEach(requireExisting);
  requireWritable('--markdown', values.markdown);
  requireWritable('--page', values.page);
  const tables = compareTables(positionals.map(readRecords), {
    bootstrap: {
      replicates: wholeNumber('--bootstrap', values.bootstrap) ?? DEFAULT_REPLICATES,
      seed: BOOTSTRAP_SEED,
    },
    simulateReadersSeed: wholeNumber('--simulate-readers', values['simulate-readers']),
  });
  if (values.page) {
    writeWhole(values.page, fillPage(readFileSync(values.page, 'utf8'), tables, values.page));
  }
  if (values.markdown) {
    writeWhole(values.markdown, `${tables}\n`);
  }
  if (!values.page && !values.markdown) {
    host.stdout.write(`${tables}\n`);
  }
  return EXIT.done;
}

const BEGIN = '<!-- tables: begin -->';
const END = '<!-- tables: end -->';

/** A page with the tables between its two marks. @throws UsageError where it has none */
export function fillPage(page: string, tables: string, name: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new UsageError(`${name} has no ${BEGIN} with a ${END} after it`);
  }
  return `${page.slice(0, begin)}${BEGIN}\n\n${tables}\n\n${page.slice(end)}`;
}

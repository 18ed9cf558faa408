/** `npm run bench`: installs and builds what is missing, then measures (tests/benchmarks). */
import { checkNode, ensureBuilt, ensureInstalled, run } from './lib/prepare.mjs';

checkNode();
ensureInstalled();
ensureBuilt();
const { status } = run(process.execPath, ['tests/benchmarks/run.mjs', ...process.argv.slice(2)]);
process.exitCode = status ?? 1;

/**
 * `npm run bench`: installs and builds what is missing, then measures (tests/benchmarks): the engine, or
 * with --service the service.
 */
import { checkNode, ensureBuilt, ensureInstalled, run } from './lib/prepare.mjs';

checkNode();
ensureInstalled();
ensureBuilt();
const given = process.argv.slice(2);
const script = given.includes('--service') ? 'service.mjs' : 'run.mjs';
const { status } = run(process.execPath, [`tests/benchmarks/${script}`, ...given]);
process.exitCode = status ?? 1;

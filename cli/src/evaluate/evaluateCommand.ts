import {
  type CaseFailure,
  type CaseRecord,
  evaluationReport,
  type EvaluationReport,
} from '@deep-aspects/aspects/evaluation';
import { SOFTWARE } from '@deep-aspects/aspects/scoring';
import type { CommandHost } from '../commandHost';
import { writeRecords } from '../compare/recordsFile';
import { readManifest } from '../models/loadModels';
import { jsonText } from '../output/jsonText';
import { requireWritable, writeWhole } from '../output/writeWhole';
import { exitStatusOf } from '../score/outcome';
import { ProgressBar } from '../score/progressBar';
import { runAll } from '../score/runAll';
import { CaseCache } from './caseCache';
import { kindOfFailure } from './caseFailure';
import { describeDataSet, fingerprint, listCases, type CaseFolder } from './dataSet';
import { BOOTSTRAP_SEED, parseEvaluateArguments, type EvaluateArguments } from './evaluateArguments';
import { openEvaluator } from './evaluator';
import { markdownReport } from './markdownReport';
import { writePlots } from './writePlots';

/** Part of the cache key: raised when what a case record holds changes its meaning. */
const RECORD_VERSION = 2;

/** `deep-aspects evaluate`: see docs/cli.md and docs/metrics.md. Resolves to the exit status. */
export async function evaluateCommand(argv: readonly string[], host: CommandHost): Promise<number> {
  const args = parseEvaluateArguments(argv, host.defaultModels);
  for (const option of ['json', 'markdown', 'records'] as const) {
    requireWritable(`--${option}`, args[option]);
  }
  requireWritable('--cache', args.cache, true);
  const folders = listCases(args.dataSet);
  const manifests = [readManifest(args.models, 'anatomy'), readManifest(args.models, 'infarct')];
  const { records, failures } = await evaluateCases(folders, JSON.stringify(manifests), args, host);
  const report = evaluationReport({
    createdAt: new Date().toISOString(),
    software: SOFTWARE,
    dataSet: describeDataSet(args.dataSet, folders),
    models: manifests.map(({ task, name, version, architecture, architectureName, sha256, parameters }) => ({
      ...{ task, name, version, architecture, architectureName, sha256, parameters },
    })),
    provider: args.provider,
    failures,
    bootstrap: { replicates: args.replicates, seed: BOOTSTRAP_SEED },
    cases: records,
    simulateReadersSeed: args.simulateReadersSeed,
  });
  if (args.simulateReadersSeed !== undefined && !report.simulatedReaders) {
    host.stderr.writeLine(
      'note: no case has both labels, so that there is no true score to simulate readers around'
    );
  }
  listFailures(failures, host);
  writeOutputs(report, records, args, host);
  return exitStatusOf([...records.map(() => 'scored' as const), ...failures.map(kindOfFailure)]);
}

/** One that cannot be written keeps no other one from being written. @throws OutputError */
function writeOutputs(
  report: EvaluationReport,
  records: readonly CaseRecord[],
  args: EvaluateArguments,
  host: CommandHost
): void {
  const problems: unknown[] = [];
  const writers = [
    () => writeReport(report, args, host),
    () => writeJson(report, args, host),
    () => writeRecordsFile(report, records, args),
  ];
  for (const write of writers) {
    try {
      write();
    } catch (thrown) {
      problems.push(thrown);
    }
  }
  if (problems.length > 0) {
    throw problems[0];
  }
}

function writeRecordsFile(
  { dataSet, models, provider }: EvaluationReport,
  records: readonly CaseRecord[],
  { records: path }: EvaluateArguments
): void {
  if (path) {
    writeRecords(path, { schemaVersion: '1.0', dataSet, models, provider, records });
  }
}

/** Only the records of the cases are kept, in the order of the cases, whoever evaluated them. */
async function evaluateCases(
  folders: readonly CaseFolder[],
  manifests: string,
  args: EvaluateArguments,
  host: CommandHost
): Promise<{ records: CaseRecord[]; failures: CaseFailure[] }> {
  const cache = new CaseCache(args.cache);
  const results = new Map<string, CaseRecord | CaseFailure>();
  const bar = new ProgressBar(folders.length, host.stderr);
  const evaluator = openEvaluator(args, host);
  const evaluateOne = async (folder: CaseFolder) => {
    const key = [RECORD_VERSION, SOFTWARE.version, args.provider, manifests, fingerprint(folder)].join('\n');
    const kept = cache.read(folder.name, key);
    const result = kept ?? (await evaluator.evaluate(folder));
    if (!kept && !('code' in result)) {
      cache.write(folder.name, key, result);
    }
    return result;
  };
  const lanes = Array.from({ length: Math.min(evaluator.lanes, folders.length) }, () => evaluateOne);
  try {
    await runAll(
      folders,
      lanes,
      (evaluateIt, folder) => evaluateIt(folder),
      (folder, result) => {
        results.set(folder.name, result);
        bar.step('code' in result);
      }
    );
  } finally {
    bar.clear();
    await evaluator.close();
  }
  const inOrder = folders.flatMap(({ name }) => results.get(name) ?? []);
  return {
    records: inOrder.filter((result): result is CaseRecord => !('code' in result)),
    failures: inOrder.filter((result): result is CaseFailure => 'code' in result),
  };
}

function writeJson(report: EvaluationReport, args: EvaluateArguments, host: CommandHost): void {
  const json = `${jsonText(report, 2)}\n`;
  if (args.json === '-') {
    host.stdout.write(json);
  } else if (args.json) {
    writeWhole(args.json, json);
  }
}

function writeReport(report: EvaluationReport, args: EvaluateArguments, host: CommandHost): void {
  if (args.markdown && args.markdown !== '-') {
    const plots = writePlots(report, args.markdown);
    writeWhole(args.markdown, markdownReport(report, plots));
  } else if (args.json !== '-') {
    host.stdout.write(markdownReport(report, []));
  }
}

function listFailures(failures: readonly CaseFailure[], host: CommandHost): void {
  if (failures.length > 0) {
    host.stderr.writeLine(`${failures.length} case(s) could not be evaluated:`);
    failures.forEach(({ case: name, code, message }) =>
      host.stderr.writeLine(`  ${name}: ${code}: ${message}`)
    );
  }
}

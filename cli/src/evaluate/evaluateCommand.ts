import { writeFileSync } from 'node:fs';
import {
  type CaseFailure,
  type CaseRecord,
  evaluationReport,
  type EvaluationReport,
} from '@deep-aspects/aspects/evaluation';
import { SOFTWARE } from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import type { CommandHost } from '../commandHost';
import { writeRecords } from '../compare/recordsFile';
import { EXIT } from '../exitStatus';
import { readManifest } from '../models/loadModels';
import { Networks } from '../models/networks';
import { ProgressBar } from '../score/progressBar';
import { CaseCache } from './caseCache';
import { describeDataSet, fingerprint, listCases, type CaseFolder } from './dataSet';
import { BOOTSTRAP_SEED, parseEvaluateArguments, type EvaluateArguments } from './evaluateArguments';
import { evaluateCase } from './evaluateCase';
import { markdownReport } from './markdownReport';
import { writePlots } from './writePlots';

/** Part of the cache key: raised when what a case record holds changes its meaning. */
const RECORD_VERSION = 2;

/** `deep-aspects evaluate`: see the contracts, docs/cli.md and docs/metrics.md. Resolves to the exit status. */
export async function evaluateCommand(argv: readonly string[], host: CommandHost): Promise<number> {
  const args = parseEvaluateArguments(argv, host.defaultModels);
  const folders = listCases(args.dataSet);
  const manifests = [readManifest(args.models, 'anatomy'), readManifest(args.models, 'infarct')];
  const { records, failures } = await evaluateCases(folders, JSON.stringify(manifests), args, host);
  const report = evaluationReport({
    createdAt: new Date().toISOString(),
    software: SOFTWARE,
    dataSet: describeDataSet(args.dataSet, folders),
    models: manifests.map(({ task, name, version, architecture, sha256, parameters }) => ({
      ...{ task, name, version, architecture, sha256, parameters },
    })),
    provider: args.provider,
    failures,
    bootstrap: { replicates: args.replicates, seed: BOOTSTRAP_SEED },
    cases: records,
    simulateReadersSeed: args.simulateReadersSeed,
  });
  if (args.simulateReadersSeed !== undefined && !report.simulatedReaders) {
    host.stderr.write(
      'note: no case has both labels, so that there is no true score to simulate readers around\n'
    );
  }
  if (args.records) {
    const { dataSet, models, provider } = report;
    writeRecords(args.records, { schemaVersion: '1.0', dataSet, models, provider, records });
  }
  writeReport(report, args, host);
  listFailures(failures, host);
  return records.length > 0 ? EXIT.done : EXIT.failed;
}

/** One case after the other: only their records are kept. */
async function evaluateCases(
  folders: readonly CaseFolder[],
  manifests: string,
  args: EvaluateArguments,
  host: CommandHost
): Promise<{ records: CaseRecord[]; failures: CaseFailure[] }> {
  const networks = new Networks(args.models, { provider: args.provider, threads: 0 });
  const cache = new CaseCache(args.cache);
  const records: CaseRecord[] = [];
  const failures: CaseFailure[] = [];
  const bar = new ProgressBar(folders.length, host.stderr);
  for (const folder of folders) {
    try {
      const key = [RECORD_VERSION, SOFTWARE.version, args.provider, manifests, fingerprint(folder)].join(
        '\n'
      );
      const kept = cache.read(folder.name, key);
      const record = kept ?? (await evaluateCase(folder, networks));
      if (!kept) {
        cache.write(folder.name, key, record);
      }
      records.push(record);
      bar.step(false);
    } catch (thrown) {
      refuseWithoutModels(thrown);
      failures.push(failureOf(thrown, folder.name));
      bar.step(true);
    }
  }
  bar.clear();
  return { records, failures };
}

/** Missing or wrong networks are no property of a case: nothing would be left to evaluate. */
function refuseWithoutModels(thrown: unknown): void {
  if (
    thrown instanceof Refusal &&
    (thrown.code === 'MODEL_UNAVAILABLE' || thrown.code === 'MODEL_HASH_MISMATCH')
  ) {
    throw thrown;
  }
}

function failureOf(thrown: unknown, name: string): CaseFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { case: name, code: thrown instanceof Refusal ? thrown.code : 'INTERNAL_ERROR', message };
}

function writeReport(report: EvaluationReport, args: EvaluateArguments, host: CommandHost): void {
  const json = `${JSON.stringify(report, null, 2)}\n`;
  if (args.json === '-') {
    host.stdout.write(json);
  } else if (args.json) {
    writeFileSync(args.json, json);
  }
  if (args.markdown && args.markdown !== '-') {
    const plots = writePlots(report, args.markdown);
    writeFileSync(args.markdown, markdownReport(report, plots));
  } else if (args.json !== '-') {
    host.stdout.write(markdownReport(report, []));
  }
}

function listFailures(failures: readonly CaseFailure[], host: CommandHost): void {
  if (failures.length > 0) {
    host.stderr.write(`${failures.length} case(s) could not be evaluated:\n`);
    failures.forEach(({ case: name, code, message }) =>
      host.stderr.write(`  ${name}: ${code}: ${message}\n`)
    );
  }
}

import { SOFTWARE } from '@deep-aspects/aspects/scoring';
import { parseCommandArguments, requireExisting } from '../commandArguments';
import type { CommandHost } from '../commandHost';
import { caseFailure, kindOfFailure } from '../evaluate/caseFailure';
import { describeDataSet, listCases } from '../evaluate/dataSet';
import { UsageError } from '../exitStatus';
import { readManifest } from '../models/loadModels';
import { jsonText } from '../output/jsonText';
import { OutputError, requireWritable, writeInFolder } from '../output/writeWhole';
import { exitStatusOf, type Outcome } from '../score/outcome';
import { prepareCase, type PreparedCase } from './prepareCase';

/**
 * `deep-aspects prepare DIR --out DIR`: training data from a site's own labelled CT. Resolves to
 * the exit status.
 */
export async function prepareCommand(argv: readonly string[], host: CommandHost): Promise<number> {
  const { dataSet, out, models } = parsePrepareArguments(argv, host.defaultModels);
  const folders = listCases(dataSet);
  const manifests = [readManifest(models, 'anatomy'), readManifest(models, 'infarct')];
  requireWritable('--out', out, true);
  const prepared: PreparedCase[] = [];
  const kinds: Outcome['kind'][] = [];
  for (const folder of folders) {
    try {
      prepared.push(...(await prepareCase(folder, manifests, out)));
      kinds.push('scored');
    } catch (thrown) {
      if (thrown instanceof OutputError) {
        throw thrown;
      }
      const failure = caseFailure(thrown, folder.name);
      kinds.push(kindOfFailure(failure));
      host.stderr.writeLine(`${failure.case}: ${failure.code}: ${failure.message}`);
    }
  }
  const index = {
    schemaVersion: '1.0',
    software: SOFTWARE,
    dataSet: describeDataSet(dataSet, folders),
    inputs: Object.fromEntries(manifests.map(({ task, input }) => [task, input])),
    files: prepared,
  };
  writeInFolder(out, 'index.json', `${jsonText(index, 2)}\n`);
  const done = kinds.filter(kind => kind === 'scored').length;
  host.stdout.writeLine(
    `${prepared.length} arrays with labels from ${done} of ${folders.length} cases in ${out}`
  );
  return exitStatusOf(kinds);
}

export function parsePrepareArguments(
  argv: readonly string[],
  defaultModels: string
): { dataSet: string; out: string; models: string } {
  const { values, positionals } = parseCommandArguments(argv, {
    out: { type: 'string' },
    models: { type: 'string' },
  });
  if (positionals.length !== 1 || !values.out) {
    throw new UsageError('prepare needs one DIR with a folder a case, and --out DIR');
  }
  requireExisting(positionals[0]);
  return { dataSet: positionals[0], out: values.out, models: values.models ?? defaultModels };
}

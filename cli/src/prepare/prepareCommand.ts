import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SOFTWARE } from '@deep-aspects/aspects/scoring';
import { parseCommandArguments, requireExisting } from '../commandArguments';
import type { CommandHost } from '../commandHost';
import { describeDataSet, listCases } from '../evaluate/dataSet';
import { EXIT, UsageError } from '../exitStatus';
import { readManifest } from '../models/loadModels';
import { prepareCase, type PreparedCase } from './prepareCase';

/** `deep-aspects prepare DIR --out DIR`: training data from a site's own labelled CT. Resolves to the exit status. */
export async function prepareCommand(argv: readonly string[], host: CommandHost): Promise<number> {
  const { dataSet, out, models } = parsePrepareArguments(argv, host.defaultModels);
  const folders = listCases(dataSet);
  const manifests = [readManifest(models, 'anatomy'), readManifest(models, 'infarct')];
  mkdirSync(out, { recursive: true });
  const prepared: PreparedCase[] = [];
  let failures = 0;
  for (const folder of folders) {
    try {
      prepared.push(...(await prepareCase(folder, manifests, out)));
    } catch (thrown) {
      failures += 1;
      host.stderr.write(`${folder.name}: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    }
  }
  const index = {
    schemaVersion: '1.0',
    software: SOFTWARE,
    dataSet: describeDataSet(dataSet, folders),
    inputs: Object.fromEntries(manifests.map(({ task, input }) => [task, input])),
    files: prepared,
  };
  writeFileSync(join(out, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
  host.stdout.write(
    `${prepared.length} arrays with labels from ${folders.length - failures} of ${folders.length} cases in ${out}\n`
  );
  return failures < folders.length ? EXIT.done : EXIT.failed;
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

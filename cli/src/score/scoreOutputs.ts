import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../exitStatus';
import { foundAt } from '../output/foundAt';
import { requireWritable } from '../output/writeWhole';
import type { StudyInput } from './findStudies';
import type { ScoreArguments } from './scoreArguments';
import type { OutputTarget } from './scorer';

/**
 * What `--seg`, `--sr` or `--fhir` names. Several studies cannot share one file: then a folder
 * has to be named.
 *
 * @throws UsageError
 */
export function outputTarget(
  option: string,
  path: string | undefined,
  studies: number
): OutputTarget | undefined {
  if (path === undefined) {
    return undefined;
  }
  const isFolder = foundAt(path)?.isDirectory() ?? path.endsWith('/');
  if (studies > 1 && !isFolder) {
    throw new UsageError(
      `${option} has to be a folder when there are several studies (${studies} were found)`
    );
  }
  requireWritable(option, path, isFolder);
  return { path, isFolder };
}

/** @throws UsageError where an output file is one of the files to be scored */
export function refuseOverwriting(
  outputs: Pick<ScoreArguments, 'json' | 'seg' | 'sr' | 'fhir'>,
  studies: readonly StudyInput[]
): void {
  for (const option of ['json', 'seg', 'sr', 'fhir'] as const) {
    const output = outputs[option];
    const old = output === undefined ? undefined : foundAt(output);
    if (output !== undefined && old?.isFile()) {
      const path = realpathSync(output);
      const isInput = (file: string) => basename(file) === basename(path) && realpathSync(file) === path;
      if (studies.some(study => filesOf(study).some(isInput))) {
        throw new UsageError(`--${option} ${output} is one of the files to be scored; name another one`);
      }
    }
  }
}

function filesOf(study: StudyInput): readonly string[] {
  return study.kind === 'nifti' ? [study.file] : study.series.flatMap(({ files }) => files);
}

import { STAND_IN_SCANS } from '@deep-aspects/aspects/testing';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The shipped networks of the comparison, picked with --models, on a tilted head CT. */
jest.setTimeout(600_000);

const ROOT = process.cwd();
function score(folder: string) {
  const models = join(ROOT, 'models/comparison', folder);
  const program = join(ROOT, 'cli/bin/deep-aspects.mjs');
  const args = [program, 'score', STAND_IN_SCANS.headCt, '--models', models, '--json', '-'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stderr, json: JSON.parse(stdout || 'null') };
}

it.each([
  ['unet', 'U-Net'],
  ['transunet', 'TransUNet'],
  ['unetpp', 'UNet++'],
  ['linknet', 'LinkNet'],
])('%s computes a result', (folder, name) => {
  const { status, stderr, json } = score(folder);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const result = json as { score: number; models: { task: string; architecture: string }[] };
  expect(result.score).toBeGreaterThanOrEqual(0);
  expect(result.score).toBeLessThanOrEqual(10);
  expect(result.models).toHaveLength(2);
  for (const { task, architecture } of result.models) {
    const manifest = join(ROOT, 'models/comparison', folder, task, 'manifest.json');
    expect(JSON.parse(readFileSync(manifest, 'utf8'))).toMatchObject({ architecture, architectureName: name });
  }
});

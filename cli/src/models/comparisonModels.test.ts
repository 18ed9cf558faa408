import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { STAND_IN_SCANS } from '@deep-aspects/aspects/testing';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The shipped networks of the comparison, picked with --models, on a tilted synthetic head with an infarct
 * of the patient's right.
 */
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
])('%s finds every region, and more infarct on the right', (folder, name) => {
  const { status, stderr, json } = score(folder);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const result = json as AspectsResult;
  const { left, right } = result.hemispheres;
  expect([...left.regions, ...right.regions].filter(({ volumeMl }) => volumeMl === 0)).toEqual([]);
  expect(result.infarct.rightMl).toBeGreaterThan(2 * result.infarct.leftMl);
  expect(result.affectedSide).toBe('right');
  expect(result.models).toHaveLength(2);
  for (const { task, architecture } of result.models) {
    const manifest = join(ROOT, 'models/comparison', folder, task, 'manifest.json');
    expect(JSON.parse(readFileSync(manifest, 'utf8'))).toMatchObject({ architecture, architectureName: name });
  }
});

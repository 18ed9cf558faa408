import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelManifest } from '../../scoring/manifest/modelManifest';
import { REGION_CODES } from './codes';

const MODELS = path.resolve(__dirname, '../../../../../models');
const compared = readdirSync(path.join(MODELS, 'comparison'), { withFileTypes: true })
  .filter(entry => entry.isDirectory() && entry.name !== 'records')
  .map(entry => `comparison/${entry.name}/anatomy`);

it.each(['anatomy', ...compared])(
  'the network in models/%s names its regions by the codes of the reports',
  folder => {
    const file = path.join(MODELS, folder, 'manifest.json');
    const { classes } = JSON.parse(readFileSync(file, 'utf8')) as ModelManifest;
    const codes = classes.flatMap(({ region, code }) => (region ? [[region, code.scheme, code.value]] : []));
    expect(codes).toEqual(Object.entries(REGION_CODES).map(([id, code]) => [id, code.scheme, code.value]));
  }
);

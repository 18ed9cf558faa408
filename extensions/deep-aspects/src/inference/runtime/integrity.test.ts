import { integrityAt } from './integrity';

const FOLDER = 'https://site.example/plugins/ohif-extension-deep-aspects/';
const HASHES = { 'deep-aspects.worker.js': 'sha384-a', 'models/infarct/manifest.json': 'sha384-b' };

describe('the hash that a file must have', () => {
  it.each([
    [`${FOLDER}deep-aspects.worker.js`, 'sha384-a'],
    [`${FOLDER}models/infarct/manifest.json`, 'sha384-b'],
    ['https://site.example/models/infarct/manifest.json', undefined],
    [`${FOLDER}models/other/manifest.json`, undefined],
    [`${FOLDER}constructor`, undefined],
    [FOLDER, undefined],
  ])('of %s is %s', (url, expected) => {
    expect(integrityAt(url, FOLDER, HASHES)).toBe(expected);
  });

  it('is none where the build gave none', () => {
    expect(integrityAt(`${FOLDER}deep-aspects.worker.js`, FOLDER)).toBeUndefined();
  });
});

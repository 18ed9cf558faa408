import { syntheticReport } from '../../../testing/syntheticReport';
import { reportCsv } from './reportCsv';
import { reportFileName } from './reportFileName';
import { reportJson } from './reportJson';
import { withoutIdentifiers } from './withoutIdentifiers';

const { result, series, source } = syntheticReport();
const uids = series.slices.map(slice => slice.sopInstanceUID);

test.each([
  [{ date: '20260304', accession: 'ACC-9' }, 'aspects-20260304-ACC-9.csv'],
  [{ date: '20260304', accession: ' ../../a b\u0000/9 ' }, 'aspects-20260304-a-b-9.csv'],
  [{ date: '20260304', accession: '' }, 'aspects-20260304-80043-10-1-1.csv'],
  [{ date: 'unknown' }, 'aspects-80043-10-1-1.csv'],
])('a file is named by date and accession number, or by the study: %j', (study, name) => {
  const { studyInstanceUID } = result.series;
  expect(reportFileName('csv', { ...study, studyInstanceUID })).toBe(name);
});

test('a file without identifiers has nothing of the study in its name', () => {
  expect(reportFileName('fhir')).toBe('aspects.fhir.json');
});

test('JSON is the result itself', () => {
  expect(JSON.parse(reportJson(result))).toEqual(result);
});

test('CSV has one row a region and side, as many cells as columns, and the values in full', () => {
  const rows = reportCsv(result)
    .trimEnd()
    .split('\r\n')
    .map(row => row.split(','));
  expect(rows).toHaveLength(21);
  expect(new Set(rows.map(row => row.length)).size).toBe(1);
  const insula = rows.find(row => row[rows[0].indexOf('region')] === 'I')!;
  const cell = (name: string) => insula[rows[0].indexOf(name)];
  const region = result.hemispheres.left.regions[3];
  expect([cell('side'), cell('affected'), Number(cell('volume_ml')), Number(cell('mean_hu'))]).toEqual([
    'left',
    'true',
    region.volumeMl,
    region.meanHu,
  ]);
});

test('without identifiers no UID of the study is left in JSON or CSV, and slices are still told apart', () => {
  const haemorrhage = { ...result.haemorrhage, keySlice: uids[6] };
  const anonymous = withoutIdentifiers({ ...result, haemorrhage }, uids);
  const text = reportJson(anonymous) + reportCsv(anonymous);
  expect(text).not.toContain('1.2.826');
  expect(text).not.toContain(source.PatientID);
  expect(anonymous.levels.ganglionic).toEqual(['slice-4', 'slice-5']);
  expect(anonymous.haemorrhage.keySlice).toBe('slice-7');
  expect(anonymous.hemispheres.left.regions[0].keySlice).toBe('slice-3');
  expect(anonymous.hemispheres.right.regions[6].keySlice).toBeNull();
  expect(anonymous.score).toBe(result.score);
});

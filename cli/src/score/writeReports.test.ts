import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportInput } from '@deep-aspects/aspects/report';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import { syntheticReport } from '@deep-aspects/aspects/testing';
import { writeReports } from './writeReports';

const { series, ...scored } = syntheticReport();
const study = { kind: 'nifti', file: 'ct.nii' } as const;

function write(path: string, change: Partial<ReportInput['series']>): string | undefined {
  const target = { path, isFolder: true };
  return writeReports({
    study,
    // The report needs of a series what the synthetic one has: geometry and names, no pixels.
    series: { ...series, ...change } as HeadCtSeries,
    scored: scored as never,
    seg: target,
    sr: target,
  });
}

function newFolder(): { readonly above: string; readonly folder: string } {
  const above = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
  return { above, folder: join(above, 'a', 'b') };
}

describe('SEG and SR in a folder', () => {
  it.each(['../../pwned/evil', '/tmp/evil', 'C:\\evil', ''])(
    'are not written where a file names its series "%s"',
    uid => {
      const { above, folder } = newFolder();
      expect(write(folder, { seriesInstanceUID: uid })).toContain(`"${uid}" is no UID`);
      expect(readdirSync(above)).toEqual([]);
    }
  );

  it('stay inside it where a file names its series ".."', () => {
    const { above, folder } = newFolder();
    write(folder, { seriesInstanceUID: '..' });
    expect([readdirSync(above), readdirSync(join(above, 'a')), readdirSync(folder).length]).toEqual([
      ['a'],
      ['b'],
      2,
    ]);
  });

  it('of two studies with one series UID do not overwrite each other; of one study they do', () => {
    const { folder } = newFolder();
    write(folder, { studyInstanceUID: '1.2.3' });
    write(folder, { studyInstanceUID: '1.2.3' });
    expect(readdirSync(folder)).toHaveLength(2);
    write(folder, { studyInstanceUID: '1.2.4' });
    expect(readdirSync(folder).filter(name => name.startsWith('1.2.4.'))).toHaveLength(2);
    expect(readdirSync(folder)).toHaveLength(4);
  });

  it('of a multi-frame series are written as well', () => {
    const { folder } = newFolder();
    const slices = series.slices.map((slice, i) => ({ ...slice, sopInstanceUID: `1.2.3#${i + 1}` }));
    expect(write(folder, { slices })).toBeUndefined();
    expect(readdirSync(folder)).toHaveLength(2);
  });
});

test('a FHIR Observation is written of a multi-frame series, too', () => {
  const { above, folder } = newFolder();
  const slices = series.slices.map((slice, i) => ({ ...slice, sopInstanceUID: `1.2.3#${i + 1}` }));
  writeReports({
    study,
    series: { ...series, slices } as unknown as HeadCtSeries,
    scored: scored as never,
    fhir: { path: folder, isFolder: true },
  });
  expect(readdirSync(above)).toEqual(['a']);
  const [file, ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(JSON.parse(readFileSync(join(folder, file), 'utf8'))).toMatchObject({
    resourceType: 'Observation',
    valueInteger: 8,
  });
});

import { hasRealScans, PHANTOM_STUDY, REAL_HEAD_CT } from '@deep-aspects/aspects/testing';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrain } from '@deep-aspects/aspects/scoring';
import { buildHeadCtSeries } from '@deep-aspects/aspects/series';
import { loadDicomSeries } from '../dicom/dicomSeries';
import { findStudies } from './findStudies';
import { outcomeOfError } from './outcome';
import { withFitSeries } from './pickSeries';

jest.setTimeout(300_000);

const present = hasRealScans || Boolean(process.env.CI);
if (!present) {
  console.warn('Skipped: no real scans (CONTRIBUTING.md)');
}
const describeWithData = present ? describe : describe.skip;

/** The refusal of the folder's one study; pixels are read as far as is needed to look for a brain. */
async function refusalCode(folder: string) {
  const [study] = findStudies([folder]).studies;
  try {
    await withFitSeries(study, undefined, async series => findBrain(series));
  } catch (thrown) {
    return outcomeOfError(thrown, study);
  }
  throw new Error(`${folder} was accepted`);
}

describeWithData('what a scanner really sends', () => {
  it.each([
    ['localizer', 'LOCALIZER'],
    ['exam-summary', 'SECONDARY_CAPTURE'],
    ['std-brain-5mm', 'NO_BRAIN'],
    ['.', 'NO_BRAIN'],
  ])('is refused where it is no head CT: %s', async (folder, code) => {
    expect(await refusalCode(join(PHANTOM_STUDY, folder))).toMatchObject({
      kind: 'refused',
      error: { code },
    });
  });

  it('is refused where it is an MR', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    for (const name of readdirSync(REAL_HEAD_CT).slice(0, 4)) {
      const bytes = readFileSync(join(REAL_HEAD_CT, name));
      const tag = Buffer.from([0x08, 0x00, 0x60, 0x00, 0x43, 0x53, 0x02, 0x00, 0x43, 0x54]);
      bytes.write('MR', bytes.indexOf(tag) + 8);
      writeFileSync(join(folder, name), bytes);
    }
    expect(await refusalCode(folder)).toMatchObject({ kind: 'refused', error: { code: 'NOT_CT' } });
  });

  it('is the same series whatever the files are called and in which order they come', async () => {
    const names = readdirSync(REAL_HEAD_CT);
    const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    names.forEach((name, index) =>
      copyFileSync(join(REAL_HEAD_CT, name), join(folder, `image${(index * 11) % names.length}`))
    );
    const build = async (files: readonly string[]) => buildHeadCtSeries(await loadDicomSeries(files));
    const [inOrder, shuffled] = [
      await build(names.map(name => join(REAL_HEAD_CT, name))),
      await build(readdirSync(folder).map(name => join(folder, name))),
    ];
    expect(shuffled.planeOffsetsMm).toEqual(inOrder.planeOffsetsMm);
    expect(shuffled.slices.map(slice => slice.sopInstanceUID)).toEqual(
      inOrder.slices.map(slice => slice.sopInstanceUID)
    );
    expect(inOrder.slices).toHaveLength(28);
    expect(Math.abs(inOrder.gantryTiltDeg)).toBeCloseTo(18.5, 1);
  });
});

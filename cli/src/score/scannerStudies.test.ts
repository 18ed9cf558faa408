import { SCANS, STAND_IN_SCANS } from '@deep-aspects/aspects/testing';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findBrain, findHeadFrame } from '@deep-aspects/aspects/scoring';
import { buildHeadCtSeries, type CtInstance, type HeadCtSeries, Refusal } from '@deep-aspects/aspects/series';
import { loadDicomSeries } from '../dicom/dicomSeries';
import { findStudies } from './findStudies';
import { outcomeOfError } from './outcome';
import { withFitSeries } from './pickSeries';

/** The product on what a scanner really sends: on the stand-in always, on the real scans where they are. */
jest.setTimeout(300_000);

/** The series that is taken of the folder's one study. */
async function pickedSeries(folder: string): Promise<HeadCtSeries> {
  const [study, ...others] = findStudies([folder]).studies;
  expect(others).toEqual([]);
  return withFitSeries(study, undefined, async series => series);
}

/** The refusal of the folder's one study; pixels are read as far as is needed to look for a brain. */
async function refusal(folder: string) {
  const [study] = findStudies([folder]).studies;
  try {
    await withFitSeries(study, undefined, async series => findBrain(series));
  } catch (thrown) {
    return outcomeOfError(thrown, study);
  }
  throw new Error(`${folder} was accepted`);
}

describe.each(SCANS)('what a scanner sends: $name', ({ headCt, plasticHead }) => {
  it('is a tilted head with two slice thicknesses: geometry, brain and head frame', async () => {
    const series = await pickedSeries(headCt);
    expect(series.slices).toHaveLength(28);
    expect(series.gantryTiltDeg).toBeCloseTo(18.5, 1);
    const alongNormal = (mm: number): number => mm * Math.cos((18.5 * Math.PI) / 180);
    expect(series.sliceExtentsMm[3]).toBeCloseTo(alongNormal(4.22), 2);
    expect(series.sliceExtentsMm[20]).toBeCloseTo(alongNormal(7.38), 2);
    expect(series.planeOffsetsMm[14] - series.planeOffsetsMm[13]).toBeCloseTo(alongNormal(1.14), 2);
    expect(series.warnings.map(({ code }) => code)).toEqual(['THICK_SLICES']);
    // Neither the head rest nor what lies outside the field of view is taken for a head.
    const brain = findBrain(series);
    expect(brain.slices.length).toBeGreaterThan(18);
    expect(brain.slices).toEqual(brain.slices.map((_, i) => brain.slices[0] + i));
    // Both heads are turned by about ten degrees: the line of falx and septum pellucidum was read off
    // the real images.
    const degrees = (findHeadFrame(brain).angleRad * 180) / Math.PI;
    expect(degrees).toBeGreaterThan(-12);
    expect(degrees).toBeLessThan(-8);
  });

  it.each([
    ['localizer', plasticHead.localizer, 'LOCALIZER'],
    ['exam summary', plasticHead.summary, 'SECONDARY_CAPTURE'],
    ['plastic head', plasticHead.brain, 'NO_BRAIN'],
    ['whole study', plasticHead.study, 'NO_BRAIN'],
  ])('is refused where it is no head CT: %s', async (_, folder, code) => {
    expect(await refusal(folder)).toMatchObject({ kind: 'refused', error: { code } });
  });

  it('is refused where it is an MR', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    for (const name of readdirSync(headCt).slice(0, 4)) {
      const bytes = readFileSync(join(headCt, name));
      const tag = Buffer.from([0x08, 0x00, 0x60, 0x00, 0x43, 0x53, 0x02, 0x00, 0x43, 0x54]);
      bytes.write('MR', bytes.indexOf(tag) + 8);
      writeFileSync(join(folder, name), bytes);
    }
    expect(await refusal(folder)).toMatchObject({ kind: 'refused', error: { code: 'NOT_CT' } });
  });

  it('is the same series whatever the files are called and in which order they come', async () => {
    const names = readdirSync(headCt);
    const folder = mkdtempSync(join(tmpdir(), 'deep-aspects-'));
    names.forEach((name, index) =>
      copyFileSync(join(headCt, name), join(folder, `image${(index * 11) % names.length}`))
    );
    const build = async (files: readonly string[]) => buildHeadCtSeries(await loadDicomSeries(files));
    const [inOrder, shuffled] = [
      await build(names.map(name => join(headCt, name))),
      await build(readdirSync(folder).map(name => join(folder, name))),
    ];
    expect(shuffled.planeOffsetsMm).toEqual(inOrder.planeOffsetsMm);
    expect(shuffled.slices.map(slice => slice.sopInstanceUID)).toEqual(
      inOrder.slices.map(slice => slice.sopInstanceUID)
    );
    expect(inOrder.slices).toHaveLength(28);
  });
});

it('takes the head among the localizer and the captures of its study', async () => {
  const whole = await pickedSeries(dirname(STAND_IN_SCANS.headCt));
  const alone = await pickedSeries(STAND_IN_SCANS.headCt);
  expect(whole.seriesInstanceUID).toBe(alone.seriesInstanceUID);
  expect(whole.slices).toHaveLength(28);
});

describe.each([
  ...SCANS.map(({ name, headCt }) => [name, headCt] as const),
  ['demo', 'demo-server/demo-studies/left-mca'] as const,
])('of every slice, every second or every third: %s', (_, folder) => {
  let whole: readonly CtInstance[] = [];
  beforeAll(async () => {
    const [study] = findStudies([folder]).studies;
    const [{ files }] = study.kind === 'dicom' ? study.series : [];
    const height = ({ imagePositionPatient }: CtInstance): number => imagePositionPatient?.[2] ?? NaN;
    whole = (await loadDicomSeries(files)).map(coarse).sort((a, b) => height(a) - height(b));
  });
  const code = (instances: readonly CtInstance[]): string | undefined => {
    try {
      buildHeadCtSeries(instances);
      return undefined;
    } catch (thrown) {
      return thrown instanceof Refusal ? thrown.code : String(thrown);
    }
  };

  it.each([
    [1, 0],
    [2, 0],
    [2, 1],
    [3, 0],
    [3, 1],
    [3, 2],
  ])('one of %i from %i on is sound; shuffled, repeated or with a dark slice not', (of, from) => {
    const kept = whole.filter((__, i) => i % of === from);
    const rearranged = (source: (i: number) => number): readonly CtInstance[] =>
      kept.map((instance, i) => ({ ...instance, readHu: kept[source(i)].readHu }));
    expect(code(kept)).toBeUndefined();
    // Steps that share no divisor with the number of slices take each of them once.
    const steps = [3, 4, 5, 7].filter(step => kept.length % step > 0 && (step !== 4 || kept.length % 2));
    for (const step of steps) {
      expect([step, code(rearranged(i => (i * step) % kept.length))]).toEqual([step, 'HETEROGENEOUS_SLICES']);
    }
    expect(code(rearranged(i => i - (i % 2)))).toBe('HETEROGENEOUS_SLICES');
    // Next to a slice farther away than 15 mm, brain need not lie between brain.
    if (of < 3) {
      const middle = Math.floor(kept.length / 2);
      const darker = Float32Array.from(kept[middle].readHu(), hu => hu - 40);
      const dark = kept.map((instance, i) =>
        i === middle ? { ...instance, readHu: () => darker } : instance
      );
      expect(code(dark)).toBe('HETEROGENEOUS_SLICES');
    }
  });
});

/**
 * Every third pixel of every third row, read once: the checks look no closer, and a hundred series
 * are checked here.
 */
function coarse(instance: CtInstance): CtInstance {
  const [rows, columns] = [instance.rows ?? 0, instance.columns ?? 0];
  const [coarseRows, coarseColumns] = [Math.floor(rows / 3), Math.floor(columns / 3)];
  const [down, across] = instance.pixelSpacing ?? [NaN, NaN];
  const hu = instance.readHu();
  const kept = Int16Array.from(
    { length: coarseRows * coarseColumns },
    (_, i) => hu[3 * Math.floor(i / coarseColumns) * columns + 3 * (i % coarseColumns)]
  );
  return {
    ...instance,
    rows: coarseRows,
    columns: coarseColumns,
    pixelSpacing: [3 * down, 3 * across],
    readHu: () => kept,
  };
}

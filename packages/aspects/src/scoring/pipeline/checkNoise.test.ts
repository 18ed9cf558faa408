import { headPhantom } from '../../../testing/headPhantom';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import type { NetworkInput } from '../manifest/modelManifest';
import type { GridStack } from '../postprocessing/gridStack';
import { checkNoise } from './checkNoise';
import { prepareSeries } from './prepareSeries';

const INPUT: NetworkInput = {
  name: 'input',
  size: 112,
  pixelSpacingMm: 2,
  slabThicknessMm: 5,
  window: { center: 35, width: 70 },
  range: [-1, 1],
  channels: [{ offsetsMm: [0], mirrored: true }],
};

/** Slices of pixels of 2 mm, every so many mm. */
async function doubts(noiseHu: number, everyMm: number): Promise<string[]> {
  const heightsMm = Array.from({ length: Math.floor(100 / everyMm) }, (_, i) => -50 + i * everyMm);
  const series = buildHeadCtSeries(headPhantom({ noiseHu, heightsMm, size: 120, pixelSpacingMm: 2 }));
  const prepared = await prepareSeries(series);
  const { size, pixelSpacingMm } = INPUT;
  const middle = (size - 1) / 2;
  // Brain is round, and nothing else is looked at.
  const disc = Uint8Array.from({ length: size * size }, (_, i) =>
    Math.hypot((i % size) - middle, Math.floor(i / size) - middle) * pixelSpacingMm < 45 ? 1 : 0
  );
  const brain: GridStack = {
    size,
    spacingMm: pixelSpacingMm,
    planeOffsetsMm: prepared.plan.map(({ planeOffsetMm }) => planeOffsetMm),
    extentsMm: prepared.plan.map(() => 5),
    planes: prepared.plan.map(() => disc),
  };
  return checkNoise(prepared, brain, INPUT).map(({ message }) => message);
}

describe('noise of what the networks are fed', () => {
  it.each([
    ['none', 0, 5],
    ['as scanners have it', 4, 5],
    ['much, in thin slices, which are averaged', 14, 1],
  ])('%s is no doubt', async (_, noiseHu, everyMm) => {
    expect(await doubts(noiseHu, everyMm)).toEqual([]);
  });

  it.each([
    ['much, in thick slices', 14, 5],
    ['much, in slices of 10 mm', 14, 10],
    ['more, in slices of 4 mm', 15.5, 4],
  ])('%s is told, once', async (_, noiseHu, everyMm) => {
    expect(await doubts(noiseHu, everyMm)).toEqual([
      expect.stringMatching(/^Noise of [5-9]\.\d HU in slabs of 5 mm/),
    ]);
  });

  it('is told once where the kernel is known to be sharp', async () => {
    const series = buildHeadCtSeries(
      headPhantom({ noiseHu: 16 }).map(instance => ({ ...instance, convolutionKernel: 'BONE' }))
    );
    expect(series.warnings.map(({ code }) => code)).toContain('SHARP_KERNEL');
    const prepared = await prepareSeries(series);
    const planes = prepared.plan.map(() => new Uint8Array(INPUT.size * INPUT.size).fill(1));
    const brain = {
      size: INPUT.size,
      spacingMm: INPUT.pixelSpacingMm,
      planeOffsetsMm: planes.map((_, z) => z),
      extentsMm: planes.map(() => 5),
      planes,
    };
    expect(checkNoise(prepared, brain, INPUT)).toEqual([]);
  });
});

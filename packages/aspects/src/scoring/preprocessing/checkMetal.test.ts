import { headPhantom, type PhantomOptions } from '../../../testing/headPhantom';
import { refusalOf } from '../../../testing/refusalOf';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import type { HeadCtSeries, Vec3 } from '../../series/headCtSeries';
import { prepareSeries } from '../pipeline/prepareSeries';
import { checkHoles } from './checkHoles';
import { findBrain } from './findBrain';
import { headAir } from './headAir';

const OPTIONS: PhantomOptions = { size: 120, pixelSpacingMm: 2, noiseHu: 4 };
const clipped = (hu: number): number => Math.min(3071, Math.max(-1024, hu));

interface MetalPiece {
  /** In the plane, head coordinates, mm. */
  readonly at: readonly [number, number];
  readonly radiusMm: number;
  /** Heights above the head's middle, mm. */
  readonly heights: readonly [number, number];
  /** Of the streaks beside it, HU, and over which they fade, mm. */
  readonly streaksHu: number;
  readonly fadeMm: number;
}

/** Metal with a star of black and white streaks round it, in the head alone. */
const metal =
  ({ at, radiusMm, heights, streaksHu, fadeMm }: MetalPiece) =>
  ([x, y, z]: Vec3, hu: number): number => {
    if (z < heights[0] || z > heights[1]) {
      return hu;
    }
    const [dx, dy] = [x - at[0], y - at[1]];
    const mm = Math.hypot(dx, dy);
    if (mm <= radiusMm) {
      return 3071;
    }
    const streak = streaksHu * Math.cos(5 * Math.atan2(dy, dx)) * Math.exp(-mm / fadeMm);
    return hu > -300 ? clipped(hu + streak) : hu;
  };

const COIL = metal({ at: [18, -10], radiusMm: 6, heights: [-1, 6], streaksHu: 4000, fadeMm: 12 });
const CLIP = metal({ at: [-14, -16], radiusMm: 2.5, heights: [-6, 1], streaksHu: 2500, fadeMm: 8 });
const ELECTRODE = metal({ at: [14, 6], radiusMm: 2, heights: [-11, 60], streaksHu: 2500, fadeMm: 4 });
const series = (paint: PhantomOptions['paint']): HeadCtSeries =>
  buildHeadCtSeries(headPhantom({ ...OPTIONS, paint }));
const doubts = async (of: HeadCtSeries): Promise<string> =>
  [...of.warnings, ...(await prepareSeries(of)).doubts].map(({ message }) => message).join('\n');
const METAL = 'there is metal in the skull';

describe('metal in the head', () => {
  it.each([
    ['a coil', COIL],
    ['a clip', CLIP],
    ['an electrode', ELECTRODE],
  ])('%s is told, and the scan is scored', async (_, paint) => {
    expect(await doubts(series(paint))).toContain(METAL);
  });

  it.each([
    ['a coil', COIL],
    ['a clip', CLIP],
    ['an electrode', ELECTRODE],
  ])('the black beside %s is not taken for air of the face', async (_, paint) => {
    const { brain, frame } = await prepareSeries(series(paint));
    expect(headAir(brain, frame).ml).toBe(0);
  });

  it('moves neither the brain nor the mid-sagittal plane', async () => {
    const [without, withElectrode] = await Promise.all(
      [undefined, ELECTRODE].map(paint => prepareSeries(series(paint)))
    );
    expect(withElectrode.frame.angleRad).toBeCloseTo(without.frame.angleRad, 1);
    const area = (areas: readonly number[]): number => areas.reduce((sum, cm2) => sum + cm2, 0);
    expect(area(withElectrode.brain.areasCm2) / area(without.brain.areasCm2)).toBeGreaterThan(0.97);
  });

  it.each<readonly [string, PhantomOptions['paint']]>([
    ['none', undefined],
    ['a ring in the ear', ([x, y, z], hu) => (Math.hypot(x - 82, y) < 3 && Math.abs(z) < 6 ? 3071 : hu)],
    [
      'a filling before and below the brain',
      ([x, y, z], hu) => (Math.hypot(x, y + 92) < 3 && z < -48 ? 3071 : hu),
    ],
  ])('%s is not metal in the skull', async (_, paint) => {
    expect(await doubts(series(paint))).toBe('');
  });

  it('does not hide a hole elsewhere in the same slices', () => {
    const holed = series((point, hu) => {
      const [x, y] = point;
      return Math.hypot(x + 30, y - 40) < 14 ? -2000 : COIL(point, hu);
    });
    expect(refusalOf(() => checkHoles(holed, findBrain(holed)))?.code).toBe('CORRUPT_PIXELS');
  });

  it.each([
    ['on one side', 1],
    ['on the other', -1],
  ])(
    'staples in the scalp %s are no fault of the slices, which are not taken for mirrored ones',
    (_, side) => {
      const staples = [-40, -20, 0, 20, 40].map(y =>
        metal({
          at: [side * (72 - (y * y) / 110), y],
          radiusMm: 2.5,
          heights: [4, 60],
          streaksHu: 1200,
          fadeMm: 8,
        })
      );
      const paint = (point: Vec3, hu: number): number =>
        staples.reduce((painted, staple) => staple(point, painted), hu);
      expect(() => series(paint)).not.toThrow();
    }
  );

  it('is not what noise as strong as metal is', () => {
    const instances = headPhantom(OPTIONS);
    const noise = instances.map((instance, i) =>
      i === 12
        ? { ...instance, readHu: () => instance.readHu().map((_, k) => ((k * 7919) % 4000) - 1000) }
        : instance
    );
    expect(refusalOf(() => buildHeadCtSeries(noise))?.code).toBe('HETEROGENEOUS_SLICES');
  });
});

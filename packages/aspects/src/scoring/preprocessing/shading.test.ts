import { headPhantom, type PhantomOptions } from '../../../testing/headPhantom';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import { checkHead } from './checkHead';
import { findBrain } from './findBrain';
import { headAir } from './headAir';
import { findHeadFrame } from './headFrame';
import { shadingToLeft } from './shading';

const isBrain = (hu: number): boolean => hu > 0 && hu < 60;
const head = (options: PhantomOptions) => {
  const heightsMm = Array.from({ length: 13 }, (_, i) => 10 * i - 60);
  const brain = findBrain(
    buildHeadCtSeries(headPhantom({ size: 84, pixelSpacingMm: 3, heightsMm, noiseHu: 5, ...options }))
  );
  return { brain, frame: findHeadFrame(brain) };
};
const warnings = ({ brain, frame }: ReturnType<typeof head>): string[] =>
  checkHead(brain, frame, headAir(brain, frame))
    .map(({ message }) => message)
    .filter(message => message.includes('evenly brighter'));
/** Darker or brighter towards the patient's left, HU for 100 mm. */
const shaded =
  (hu100: number, and: PhantomOptions['paint'] = (_, hu) => hu): PhantomOptions['paint'] =>
  (point, hu) =>
    and(point, hu) + (hu > -900 ? (hu100 * point[0]) / 100 : 0);

describe('a head that is shaded from one side to the other', () => {
  test.each<readonly [number, string, PhantomOptions]>([
    [8, 'left', {}],
    [-8, 'right', {}],
    [12, 'left', { tiltDeg: 15 }],
    [
      -10,
      'right',
      {
        infarcts: [
          { side: 'left', region: 'M2' },
          { side: 'left', region: 'I' },
        ],
      },
    ],
  ])('by %s HU for 100 mm is warned about, brighter on the %s', (hu100, side, options) => {
    const found = head({ ...options, paint: shaded(hu100) });
    expect(shadingToLeft(found.brain, found.frame) / hu100).toBeGreaterThan(0.6);
    expect(shadingToLeft(found.brain, found.frame) / hu100).toBeLessThan(1.3);
    expect(warnings(found)).toEqual([expect.stringContaining(`towards the ${side}`)]);
  });
});

describe('no shade is seen', () => {
  test.each<readonly [string, PhantomOptions]>([
    ['in a sound head', {}],
    ['that is turned and rolled', { yawDeg: 25, rollDeg: 8 }],
    [
      'in an infarct of the whole middle cerebral artery',
      { paint: ([x, y], hu) => (isBrain(hu) && x > 12 && Math.abs(y) < 42 ? hu - 12 : hu) },
    ],
    [
      'in an old infarct of one side',
      { paint: ([x, y], hu) => (isBrain(hu) && x < -20 && Math.abs(y) < 40 ? 6 : hu) },
    ],
    ['in cupping', { paint: ([x, y], hu) => (hu > -900 ? hu + 8 * Math.hypot(x / 66, y / 84) ** 2 : hu) }],
    ['from front to back', { paint: ([, y], hu) => (hu > -900 ? hu + y / 10 : hu) }],
    ['of three units', { paint: shaded(3) }],
  ])('%s', (_, options) => expect(warnings(head(options))).toEqual([]));
});

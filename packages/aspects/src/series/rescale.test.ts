import { headPhantom } from '../../testing/headPhantom';
import { buildHeadCtSeries } from './buildHeadCtSeries';
import type { CtInstance } from './ctInstance';

const PHANTOM = headPhantom({
  size: 64,
  pixelSpacingMm: 3.75,
  noiseHu: 4,
  heightsMm: Array.from({ length: 24 }, (_, i) => -60 + 5 * i),
});

const told = (change: (instance: CtInstance, i: number) => Partial<CtInstance>): string =>
  buildHeadCtSeries(PHANTOM.map((instance, i) => ({ ...instance, ...change(instance, i) })))
    .warnings.map(({ code, message }) => `${code}: ${message}`)
    .filter(message => message.includes('(0028,1053)'))
    .join('\n');

describe('slices with another rescale than the rest are told', () => {
  test.each<readonly [string, RegExp, (i: number) => Partial<CtInstance>]>([
    ['slope', /^LOW_CONFIDENCE: 1 of 24 slices/, i => ({ rescaleSlope: i === 9 ? 1.1 : 1 })],
    ['intercept', /1 of 24 slices/, i => ({ rescaleSlope: 1, rescaleIntercept: i === 0 ? -1014 : -1024 })],
    ['slope of five', /5 of 24 slices/, i => ({ rescaleSlope: i % 5 ? 1 : 2, rescaleIntercept: 0 })],
  ])('%s', (_, words, change) => expect(told((_instance, i) => change(i))).toMatch(words));
});

/** What is stored in HU, scaled again; the floor of the scale cuts off what falls below. */
const scaled =
  (slope: number) =>
  (instance: CtInstance): Partial<CtInstance> => {
    const hu = Int16Array.from(instance.readHu(), value => Math.max(-1024, Math.round(value * slope)));
    return { rescaleSlope: slope, rescaleIntercept: 0, readHu: () => hu };
  };

describe('a slope near 1 with air elsewhere than at -1000 HU is told', () => {
  test.each([1.05, 1.1, 1.2])('%s', slope =>
    expect(told(scaled(slope))).toMatch(
      /^LOW_CONFIDENCE: Rescale Slope .* is 1\.\d+, and air does not lie at -1000 HU/
    )
  );
});

describe('a rescale that may be right is not', () => {
  test.each<readonly [string, (i: number) => Partial<CtInstance>]>([
    ['1 for all', () => ({ rescaleSlope: 1, rescaleIntercept: -1024 })],
    ['none', () => ({})],
    ['1 as a rounded number', () => ({ rescaleSlope: 1.0001, rescaleIntercept: -1024 })],
    ['one of its own for each slice', i => ({ rescaleSlope: 0.05 + i / 1000, rescaleIntercept: -1024 })],
    ['a slope of a program, with air at -1000 HU', () => ({ rescaleSlope: 0.977, rescaleIntercept: -1024 })],
    ['half a unit', () => ({ rescaleSlope: 0.5, rescaleIntercept: -1024 })],
  ])('%s', (_, change) => expect(told((_instance, i) => change(i))).toBe(''));
});

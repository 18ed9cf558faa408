import { emptyPlanes, placeRegion, tinySeries } from '../../../testing/tinySeries';
import { midsagittalPlane, unassignedInfarctMl } from './midsagittalPlane';

test('the plane lies half-way between most pairs of regions, whatever one of them does', () => {
  const series = tinySeries([0, 10]);
  const masks = { regions: emptyPlanes(series), infarct: emptyPlanes(series) };
  for (const region of ['C', 'L', 'I', 'M1', 'M2'] as const) {
    placeRegion(masks, { slice: 0, side: 'right', region, pixels: 18 });
    // Half of the left caudate is missing: the middle of that pair is off by more than 20 mm.
    placeRegion(masks, { slice: 0, side: 'left', region, pixels: region === 'C' ? 9 : 18 });
  }
  const { towardsLeft, offsetMm } = midsagittalPlane(series, masks.regions);
  expect(towardsLeft[0]).toBeCloseTo(1);
  expect(offsetMm).toBeCloseTo(0);
});

test('infarct outside the regions is split at the plane, by the distance between columns', () => {
  const series = { ...tinySeries([0, 10]), pixelSpacingMm: [5, 10] as const };
  const infarct = emptyPlanes(series);
  // A row of 40 pixels of 0.5 ml, the first at -195 mm.
  infarct[0].fill(1, 0, 40);
  const plane = { towardsLeft: [1, 0, 0] as const, offsetMm: -100 };
  expect(unassignedInfarctMl(series, emptyPlanes(series), infarct, plane, 1)).toEqual({ left: 15, right: 5 });
});

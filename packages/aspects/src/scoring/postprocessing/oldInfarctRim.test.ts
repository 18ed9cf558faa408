import { digitStack, planesAsText } from '../../../testing/digitStack';
import { findOldInfarctRim, rimAsOld } from './oldInfarctRim';

const THRESHOLDS = [0.5, 0.5, 0.5];
const NONE = '0000 0000 0000 0000';

/** What is acute and what is old in the end, a character a pixel. */
function settled(acute: readonly string[], old: readonly string[]): string[] {
  const stacks = [digitStack(acute), digitStack(old), digitStack(acute.map(() => NONE))];
  const [first, second] = rimAsOld(stacks, findOldInfarctRim(stacks, THRESHOLDS));
  return planesAsText(first.planes, (value, z, pixel) =>
    value >= 127.5 ? 'A' : second.planes[z][pixel] >= 127.5 ? 'o' : '.'
  );
}

describe('acute infarct that touches an old one', () => {
  it('is its rim where it is less than half of it', () => {
    expect(settled(['6000 6000 0000 0000'], ['0999 0999 0990 0000'])).toEqual(['oooo oooo .oo. ....']);
    expect(settled(['6600 0000 0000 0000'], ['0099 0009 0009 0009'])).toEqual(['oooo ...o ...o ...o']);
  });

  it('is its rim across slices as well', () => {
    expect(settled(['6000 0000 0000 0000', NONE], [NONE, '9990 9000 0000 0000'])).toEqual([
      'o... .... .... ....',
      'ooo. o... .... ....',
    ]);
  });

  it('stays acute from half on', () => {
    expect(settled(['6600 0000 0000 0000'], ['0099 0009 0009 0000'])).toEqual(['AAoo ...o ...o ....']);
    expect(settled(['6666 6600 0000 0000'], ['0000 0099 0000 0000'])).toEqual(['AAAA AAoo .... ....']);
  });

  it('stays acute where it only lies near', () => {
    expect(settled(['6000 0000 0000 0000'], ['0099 0099 0099 0099'])).toEqual(['A.oo ..oo ..oo ..oo']);
  });
});

it('tells the region decision of a rim as old infarct, of all else as it was', () => {
  const stacks = [
    digitStack(['6070 0000 0000 0000']),
    digitStack(['3999 2999 0999 0000']),
    digitStack([NONE]),
  ];
  stacks[0].planes[0][2] = 0;
  const rim = findOldInfarctRim(stacks, THRESHOLDS);
  const [acute, old, blood] = rimAsOld(stacks, rim);
  expect([acute.planes[0][0], old.planes[0][0]]).toEqual([77, 153]);
  expect([acute.planes[0][4], old.planes[0][4]]).toEqual([0, 51]);
  expect(blood).toBe(stacks[2]);
});

it('leaves a network of one class, and one that finds nothing old, alone', () => {
  const one = [digitStack(['6000 0000 0000 0000'])];
  expect(findOldInfarctRim(one, [0.5])).toBeNull();
  expect(rimAsOld(one, null)).toBe(one);
  expect(findOldInfarctRim([one[0], digitStack(['4444 4444 4444 4444'])], THRESHOLDS)).toBeNull();
});

import { digitStack, planesAsText } from '../../../testing/digitStack';
import { dropInfarctIslands } from './infarctMask';

const EVERYWHERE = '1111 1111 1111 1111';
const EMPTY = '0000 0000 0000 0000';

/** What is left from a probability of 0.5 on: a character a pixel. */
function left(
  planes: readonly string[],
  rule: { minIslandMl: number; coreThreshold?: number },
  brain = planes.map(() => EVERYWHERE)
): string[] {
  const probability = digitStack(planes);
  dropInfarctIslands(probability, digitStack(brain), 0.5, rule);
  return planesAsText(probability.planes, value => (value >= 0.5 * 255 ? '#' : '.'));
}

describe('of bodies of infarct', () => {
  it('those too small are dropped, the others keep every pixel from the threshold on', () => {
    expect(left(['5600 0000 0007 0009'], { minIslandMl: 0.2 })).toEqual(['##.. .... ...# ...#']);
    expect(left(['5600 0000 0000 0009'], { minIslandMl: 0.2 })).toEqual(['##.. .... .... ....']);
    expect(left(['5600 0000 0000 0009'], { minIslandMl: 0.1 })).toEqual(['##.. .... .... ...#']);
  });

  it('one is what touches by faces or, within a plane, by corners', () => {
    expect(left(['6000 0600 0000 0000'], { minIslandMl: 0.2 })).toEqual(['#... .#.. .... ....']);
    expect(left(['6000 0000 0000 0000', '6000 0000 0000 0000'], { minIslandMl: 0.2 })).toEqual([
      '#... .... .... ....',
      '#... .... .... ....',
    ]);
    expect(left(['6000 0000 0000 0000', '0600 0000 0000 0000'], { minIslandMl: 0.2 })).toEqual([
      '.... .... .... ....',
      '.... .... .... ....',
    ]);
  });

  it('a core decides, and the edge about it stays', () => {
    const rule = { minIslandMl: 0.2, coreThreshold: 0.8 };
    expect(left(['5880 0000 0000 5587'], rule)).toEqual(['###. .... .... ....']);
    // A core threshold below the infarct threshold leaves a body all core.
    expect(left(['5500 0000 0000 0000'], { minIslandMl: 0.2, coreThreshold: 0.3 })).toEqual([
      '##.. .... .... ....',
    ]);
  });

  it('those mostly outside the brain are dropped', () => {
    const plane = '6666 6666 6600 0000';
    expect(left([plane], { minIslandMl: 0 }, ['1110 0000 0000 0000'])).toEqual(['#### #### ##.. ....']);
    expect(left([plane], { minIslandMl: 0 }, ['1100 0000 0000 0000'])).toEqual(['.... .... .... ....']);
    expect(left([EMPTY], { minIslandMl: 0 })).toEqual(['.... .... .... ....']);
  });
});

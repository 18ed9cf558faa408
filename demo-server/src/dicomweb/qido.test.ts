import type { DicomInstance } from './file/readInstance';
import { matchesPattern, query } from './qido';

function instance(number: number): DicomInstance {
  const uids = { studyInstanceUID: '1', seriesInstanceUID: '1.1', sopInstanceUID: `1.1.${number}` };
  return {
    ...uids,
    transferSyntaxUID: '1.2.840.10008.1.2.1',
    headerLength: 0,
    attributes: {
      '0020000D': { vr: 'UI', Value: [uids.studyInstanceUID] },
      '0020000E': { vr: 'UI', Value: [uids.seriesInstanceUID] },
      '00080018': { vr: 'UI', Value: [uids.sopInstanceUID] },
    },
  };
}

describe('a query', () => {
  const many = Array.from({ length: 12_000 }, (_, number) => instance(number));

  it('is answered in bounded pieces that say how many more there are', () => {
    const first = query('instances', many, new URLSearchParams());
    expect(first.matches).toHaveLength(5000);
    expect(first.remaining).toBe(7000);
    const last = query('instances', many, new URLSearchParams('offset=10000&limit=99999'));
    expect(last.matches).toHaveLength(2000);
    expect(last.remaining).toBe(0);
    expect(last.matches[0]['00080018'].Value).toEqual(['1.1.10000']);
  });

  it('over a study looks at each instance as often, however many there are', () => {
    const looksAtEach = (count: number): number => {
      let looks = 0;
      const watched = many.slice(0, count).map(({ attributes, ...rest }) => ({
        ...rest,
        get attributes() {
          looks++;
          return attributes;
        },
      }));
      const { matches } = query('studies', watched, new URLSearchParams());
      expect(matches[0]['00201208'].Value).toEqual([count]);
      return Math.round(looks / count);
    };
    expect(looksAtEach(8000)).toBe(looksAtEach(1000));
  });
});

describe('a pattern', () => {
  it.each([
    ['SMITH^JOHN', 'smith*', true],
    ['SMITH^JOHN', '*john', true],
    ['SMITH^JOHN', '*th*oh*', true],
    ['SMITH^JOHN', 'smith?john', true],
    ['SMITH^JOHN', 'smith', false],
    ['SMITH^JOHN', '?', false],
    ['', '*', true],
    ['', '?', false],
    ['aXbXc', '*X*X?', true],
    ['aaaab', '*ab', true],
    ['a.c', 'a.c', true],
    ['abc', 'a.c', false],
  ])('%s like %s: %s', (value, pattern, expected) => {
    expect(matchesPattern(value, pattern)).toBe(expected);
  });
});

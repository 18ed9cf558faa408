import { SCANS } from '@deep-aspects/aspects/testing';
import { scoreSeries } from '@deep-aspects/aspects/scoring';
import { type HeadCtSeries, Refusal } from '@deep-aspects/aspects/series';
import { Networks } from '../models/networks';
import { findStudies } from './findStudies';
import { withFitSeries } from './pickSeries';

jest.setTimeout(300_000);

// The shipped anatomy network sees how the head lies; a small one for infarcts saves time.
const [shipped, small] = ['models', 'tests/fixtures/models'].map(
  folder => new Networks(folder, { provider: 'cpu', threads: 1 })
);

/**
 * A head that lies otherwise than its header says, by half a turn about an axis. Left and right are
 * exchanged but where the axis is theirs.
 */
function turnedAbout(
  axis: 'head to feet' | 'front to back' | 'left to right',
  series: HeadCtSeries
): HeadCtSeries {
  const { slices, rows, columns } = series;
  return {
    ...series,
    slices: slices.map((slice, z) => {
      const source = slices[axis === 'head to feet' ? z : slices.length - 1 - z].hu;
      const hu = new Int16Array(source.length);
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
          const fromY = axis === 'front to back' ? y : rows - 1 - y;
          const fromX = axis === 'left to right' ? x : columns - 1 - x;
          hu[y * columns + x] = source[fromY * columns + fromX];
        }
      }
      return { ...slice, hu };
    }),
  };
}

/** Without face and skull base: what lies below the middle of the basal ganglia is cut away. */
function withoutFace(series: HeadCtSeries): HeadCtSeries {
  const from = Math.floor(0.38 * series.slices.length);
  return {
    ...series,
    slices: series.slices.slice(from),
    planeOffsetsMm: series.planeOffsetsMm.slice(from),
    sliceExtentsMm: series.sliceExtentsMm.slice(from),
  };
}

describe.each(SCANS)('the brain alone shows how the head lies: $name', ({ headCt }) => {
  let whole: HeadCtSeries;

  beforeAll(async () => {
    const [study] = findStudies([headCt]).studies;
    whole = await withFitSeries(study, undefined, async series => series);
  });

  const verdict = async (series: HeadCtSeries): Promise<string> => {
    try {
      const [{ anatomy }, { infarct }] = [await shipped.get(), await small.get()];
      const { result } = await scoreSeries({
        series,
        anatomy,
        infarct,
        runtime: shipped.runtime(infarct.manifest),
      });
      return result.warnings
        .map(({ message }) => message)
        .filter(message => message.includes('front and back'))
        .join();
    } catch (thrown) {
      if (thrown instanceof Refusal) {
        return thrown.code;
      }
      throw thrown;
    }
  };

  it('rightly: nothing is said', async () => expect(await verdict(withoutFace(whole))).toBe(''));
  it.each(['head to feet', 'front to back', 'left to right'] as const)(
    'turned about the axis from %s, it is refused',
    async axis => expect(await verdict(turnedAbout(axis, withoutFace(whole)))).toBe('UPSIDE_DOWN')
  );
});

import type { CtSlice } from '../../series/headCtSeries';
import { doubtOfSlices } from './doubtOfSlices';

const series = { slices: Array.from({ length: 28 }, () => ({}) as CtSlice) };

test.each([
  [[], undefined],
  [[0], 'In slice 1 of 28 (from below) x'],
  [[4, 5], 'In slices 5-6 of 28 (from below) x'],
  [[2, 3, 4, 9, 26, 27], 'In slices 3-5, 10, 27-28 of 28 (from below) x'],
])('slices %j are named as a reader counts them', (doubtful, message) => {
  expect(doubtOfSlices(series, doubtful, 'x').map(warning => warning.message)).toEqual(
    message === undefined ? [] : [message]
  );
});

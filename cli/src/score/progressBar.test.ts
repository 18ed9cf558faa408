import { ProgressBar } from './progressBar';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** The line after so many of 200, done in so many seconds. */
function lineAfter(done: number, seconds: number, troubled = 0): string {
  jest.setSystemTime(0);
  let line = '';
  const bar = new ProgressBar(200, { redrawLine: text => (line = text) });
  jest.setSystemTime(seconds * 1000);
  for (let item = 0; item < done; item++) {
    bar.step(item < troubled);
  }
  return line;
}

test('says how many are done, how many a minute, and the time left', () => {
  expect(lineAfter(0, 0)).toMatch(/ 0\/200$/);
  expect(lineAfter(50, 100)).toMatch(/^\[#{8}-{22}\] 50\/200, 30 a minute, 5 min left$/);
  expect(lineAfter(1, 40)).toMatch(/1\/200, 1\.5 a minute, 133 min left$/);
  expect(lineAfter(190, 190, 3)).toMatch(/190\/200, 3 not scored, 60 a minute, 10 s left$/);
  expect(lineAfter(200, 200)).toMatch(/\[#{30}\] 200\/200$/);
});

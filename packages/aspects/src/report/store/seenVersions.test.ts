import { SeenVersions } from './seenVersions';

const version = (sopInstanceUID: string) => ({ sopInstanceUID });

test('a stored version is news until it was opened or sent here, series by series', () => {
  const seen = new SeenVersions();
  expect(seen.isNews('1.1', version('a'))).toBe(true);
  seen.add('1.1', version('a'));
  seen.add('1.1', version('b'));
  expect([seen.isNews('1.1', version('a')), seen.isNews('1.1', version('b'))]).toEqual([false, false]);
  expect(seen.isNews('1.1', version('c'))).toBe(true);
  expect(seen.isNews('1.2', version('a'))).toBe(true);
});

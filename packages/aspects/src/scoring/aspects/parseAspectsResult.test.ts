import { syntheticReport } from '../../../testing/syntheticReport';
import { parseAspectsResult } from './parseAspectsResult';

const { result } = syntheticReport();

test('a result comes back as it is', () => {
  const bled = { ...result, haemorrhage: { ...result.haemorrhage, keySlice: '1.2.3' } };
  expect(parseAspectsResult(bled)).toEqual(bled);
});

test('one from before the slice of a haemorrhage was noted says that it is not known', () => {
  const { keySlice: _, ...haemorrhage } = result.haemorrhage;
  expect(parseAspectsResult({ ...result, haemorrhage })).toEqual(result);
});

test.each<[string, object, RegExp]>([
  ['lacks a field', { haemorrhage: undefined }, /haemorrhage/],
  ['has a score that is none', { score: 11 }, /score/],
  ['has a slice that is no name', { haemorrhage: { ...result.haemorrhage, keySlice: 7 } }, /keySlice/],
])('one that %s is refused by the name of the field', (_, change, field) => {
  expect(() => parseAspectsResult(JSON.parse(JSON.stringify({ ...result, ...change })))).toThrow(field);
});

test('one of an unknown version is not guessed at', () => {
  expect(parseAspectsResult({ ...result, schemaVersion: '2.0' })).toBeUndefined();
});

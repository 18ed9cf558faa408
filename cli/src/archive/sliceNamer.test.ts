import { sliceNamer } from './sliceNamer';

const instance = (SOPInstanceUID: string, InstanceNumber?: unknown) => ({ SOPInstanceUID, InstanceNumber });

test('slices have the numbers that OHIF shows, which need not be their order', () => {
  const name = sliceNamer([instance('1.1', '9'), instance('1.2', 8)], ['1.1', '1.2']);
  expect(['1.1', '1.2'].map(slice => name?.(slice))).toEqual(['I: 9', 'I: 8']);
});

test('frames have their own number, not that of their instance', () => {
  expect(sliceNamer([instance('1.1', 1)], ['1.1#1', '1.1#2'])?.('1.1#2')).toBe('I: 2');
});

test.each([
  ['none', [instance('1.1', 1), instance('1.2')]],
  ['an empty one', [instance('1.1', 1), instance('1.2', [])]],
  ['the same', [instance('1.1', 1), instance('1.2', '1')]],
  ['an instance that nobody knows', [instance('1.1', 1)]],
])('no name where a slice has %s', (_, instances) => {
  expect(sliceNamer(instances, ['1.1', '1.2'])).toBeUndefined();
});

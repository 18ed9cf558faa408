import { kernelKind } from './kernel';

test.each(['STANDARD', 'STD+', 'SOFT', 'H30s', 'H40f', 'Hr40d', 'J40s', 'FC21', 'FC64', 'UB', 'B'])(
  '%s is a soft-tissue kernel',
  name => expect(kernelKind(name)).toBe('soft')
);

test.each(['BONE', 'BONEPLUS', 'EDGE', 'LUNG', 'H60s', 'Hr60', 'J70h', 'FC30', 'FC81', 'YB', 'D'])(
  '%s is a sharp kernel',
  name => expect(kernelKind(name)).toBe('sharp')
);

test('an unnamed kernel is unknown, and a description can give it away', () => {
  expect(kernelKind(undefined)).toBe('unknown');
  expect(kernelKind(undefined, 'Head 1.0 bone')).toBe('sharp');
});

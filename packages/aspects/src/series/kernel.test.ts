import { kernelKind } from './kernel';

test.each([
  'STANDARD',
  'Qr40',
  'Hv36',
  'STD+',
  'SOFT',
  'H30s',
  'H40f',
  'Hr40d',
  'J40s',
  'FC21',
  'FC64',
  'UB',
  'B',
])('%s is a soft-tissue kernel', name => expect(kernelKind(name)).toBe('soft'));

test.each([
  'BONE',
  'BONEPLUS',
  'EDGE',
  'LUNG',
  'H60s',
  'Hr60',
  'J70h',
  'U75u',
  'T80s',
  'Bf64',
  'Ur77',
  'CORTICAL',
  'FC30',
  'FC81',
  'YB',
  'D',
])('%s is a sharp kernel', name => expect(kernelKind(name)).toBe('sharp'));

test('an unnamed kernel is unknown, and a description can give it away', () => {
  expect(kernelKind(undefined)).toBe('unknown');
  expect(kernelKind(undefined, 'Head 1.0 bone')).toBe('sharp');
});

test.each(['Kopf Knochen 1.0', 'cráneo hueso', 'Кости'])('"%s" describes a sharp kernel', description =>
  expect(kernelKind('', description)).toBe('sharp')
);

test('bone that was taken out says nothing of the kernel', () =>
  expect(kernelKind('H30s', 'CTA bone removal')).toBe('soft'));

import { TARGET } from '../session/testing/fakePorts';
import { seriesName } from './seriesName';

test.each([
  ['described', { description: 'Brain 5 mm', seriesNumber: 2 }, 'Brain 5 mm (CT, 28 images)'],
  ['only numbered', { description: '', seriesNumber: 2 }, 'Series 2 (CT, 28 images)'],
  ['neither', { description: '' }, 'Series without description (CT, 28 images)'],
])('a series that is %s', (_, attributes, name) => {
  expect(seriesName({ ...TARGET, modality: 'CT', imageCount: 28, ...attributes })).toBe(name);
});

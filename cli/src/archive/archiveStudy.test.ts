import type { ListedSeries } from './archiveClient';
import { archiveStudy, hasChanged } from './archiveStudy';

const series = (seriesInstanceUID: string, instances: number, modality = 'CT'): ListedSeries => ({
  seriesInstanceUID,
  modality,
  description: '',
  bodyPart: 'HEAD',
  stationName: '',
  instances,
});
const THERE = [series('1.2', 150), series('1.1', 28)];
const study = archiveStudy('http://archive', '1', THERE, { softwareVersion: '1', networks: ['a'] });

test.each<[string, boolean, ListedSeries[]]>([
  ['in another order', false, [...THERE].reverse()],
  ['with a report of our own', false, [...THERE, series('1.9', 1, 'SR')]],
  ['with one image more', true, [THERE[0], series('1.1', 29)]],
  ['with one image less', true, [THERE[0], series('1.1', 27)]],
  ['with another series', true, [...THERE, series('1.3', 28)]],
  ['without a series', true, [THERE[0]]],
  ['deleted', true, []],
])('a study %s has changed: %s', async (_, changed, now) => {
  expect(await hasChanged({ series: async () => now }, study)).toBe(changed);
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildReport } from '@deep-aspects/aspects/report';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import { syntheticReport, TILTED_UNEVEN } from '@deep-aspects/aspects/testing';
import { readSegLabels } from './segLabels';

function storedSeg(): { readonly path: string; readonly input: ReturnType<typeof syntheticReport> } {
  const input = syntheticReport(TILTED_UNEVEN);
  const path = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'seg.dcm');
  writeFileSync(path, new Uint8Array(buildReport(input).seg.part10));
  return { path, input };
}

const seriesOf = (input: { readonly series: unknown }): HeadCtSeries => input.series as HeadCtSeries;

test('the segments of a SEG become labels of both sides alike, and an infarct mask', () => {
  const { path, input } = storedSeg();
  const classes = input.regions.map(plane => plane.map(value => (value ? ((value - 1) % 10) + 1 : 0)));
  expect(readSegLabels(path, 'anatomy', seriesOf(input))).toEqual(classes);
  expect(readSegLabels(path, 'infarct', seriesOf(input))).toEqual(input.infarct);
  expect(classes.some(plane => plane.some(value => value === 1))).toBe(true);
});

test('a SEG of another matrix or of other slices is refused', () => {
  const { path, input } = storedSeg();
  const series = seriesOf(input);
  expect(() => readSegLabels(path, 'infarct', { ...series, rows: series.rows + 1 })).toThrow('own');
  const slices = series.slices.map(slice => ({ ...slice, sopInstanceUID: `9.${slice.sopInstanceUID}` }));
  const moved = { ...series, slices, normal: [0, 0, 1] as const, planeOffsetsMm: [] };
  expect(() => readSegLabels(path, 'infarct', moved)).toThrow('lies on no slice');
});

test('what is no segmentation is said so', () => {
  const { input } = storedSeg();
  const sr = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'sr.dcm');
  writeFileSync(sr, new Uint8Array(buildReport(input).sr.part10));
  expect(() => readSegLabels(sr, 'infarct', seriesOf(input))).toThrow('not a DICOM segmentation');
});

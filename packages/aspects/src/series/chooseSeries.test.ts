import { chooseSeries } from './chooseSeries';
import type { CtInstanceMetadata } from './ctInstance';

interface Wanted extends Partial<CtInstanceMetadata> {
  readonly spacing: number;
  readonly count: number;
}

function series(uid: string, { spacing, count, ...attributes }: Wanted): CtInstanceMetadata[] {
  return Array.from({ length: count }, (_, i) => ({
    sopInstanceUID: `${uid}.${i}`,
    studyInstanceUID: '1',
    seriesInstanceUID: uid,
    sopClassUID: '1.2.840.10008.5.1.4.1.1.2',
    modality: 'CT',
    imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    rows: 512,
    columns: 512,
    pixelSpacing: [0.45, 0.45] as const,
    imagePositionPatient: [0, 0, i * spacing] as const,
    imageOrientationPatient: [1, 0, 0, 0, 1, 0] as const,
    ...attributes,
  }));
}

const brain = series('brain', {
  spacing: 5,
  count: 30,
  convolutionKernel: 'H31s',
  seriesDescription: 'Head 5.0',
});
const bone = series('bone', {
  spacing: 5,
  count: 30,
  convolutionKernel: 'H60s',
  seriesDescription: 'Bone 5.0',
});
const thin = series('thin', {
  spacing: 1,
  count: 150,
  convolutionKernel: 'H31s',
  seriesDescription: 'Head 1.0',
});
const thinBone = series('thinBone', {
  spacing: 1,
  count: 150,
  convolutionKernel: 'H70h',
  seriesDescription: 'Bone 1.0',
});
const angiography = series('cta', {
  spacing: 5,
  count: 30,
  contrastBolusAgent: 'Iomeron',
  seriesDescription: 'CTA',
});
const localizer = series('scout', { spacing: 0, count: 1, imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] });
const capture = series('summary', { spacing: 0, count: 6, sopClassUID: '1.2.840.10008.5.1.4.1.1.7' });
const coronal = series('coronal', { spacing: 5, count: 30, imageOrientationPatient: [1, 0, 0, 0, 0, -1] });

test('the plain 5 mm soft-tissue series comes first, what cannot be scored last with its reason', () => {
  const ranking = chooseSeries([capture, thinBone, coronal, bone, localizer, thin, angiography, brain]);
  expect(ranking.slice(0, 2).map(({ seriesInstanceUID }) => seriesInstanceUID)).toEqual(['brain', 'thin']);
  const refused = Object.fromEntries(
    ranking.map(({ seriesInstanceUID, refusal }) => [seriesInstanceUID, refusal?.code])
  );
  expect(refused).toMatchObject({ scout: 'LOCALIZER', summary: 'SECONDARY_CAPTURE', coronal: 'NOT_AXIAL' });
  expect(ranking.slice(-3).every(({ suitability }) => suitability === undefined)).toBe(true);
});

test('a thin soft series beats a thin bone one, and either is taken where nothing better is', () => {
  expect(chooseSeries([thinBone, thin])[0].seriesInstanceUID).toBe('thin');
  const [only] = chooseSeries([localizer, thinBone]);
  expect([only.seriesInstanceUID, only.refusal]).toEqual(['thinBone', undefined]);
});

test('a plain series beats an angiography and a short stack', () => {
  const short = series('short', { spacing: 5, count: 4, convolutionKernel: 'H31s' });
  expect(chooseSeries([angiography, short, brain])[0].seriesInstanceUID).toBe('brain');
});

test.each([
  'Head_CTA_0.6',
  'HEAD POST CONTRAST',
  'HEAD W CONTRAST',
  'Head W/ IV contrast',
  'Head_+C',
  'Kopf nach KM',
])('"%s" is the last choice also where the agent is not named', seriesDescription => {
  const described = series('a', { spacing: 5, count: 30, convolutionKernel: 'H31s', seriesDescription });
  expect(chooseSeries([described, thinBone])[0].seriesInstanceUID).toBe('thinBone');
});

test.each(['HEAD W/O CONTRAST', 'Head_without_contrast', 'NON-CONTRAST ENHANCED HEAD', 'Kopf ohne KM'])(
  '"%s" is plain',
  seriesDescription => {
    const described = series('a', { spacing: 5, count: 30, convolutionKernel: 'H31s', seriesDescription });
    expect(chooseSeries([described, thin])[0].seriesInstanceUID).toBe('a');
  }
);

test('words are known where a site joins them with underscores', () => {
  const named = (seriesDescription: string) => series('a', { spacing: 5, count: 30, seriesDescription });
  const plain = series('b', { spacing: 5, count: 30, seriesDescription: 'SEQ' });
  expect(chooseSeries([named('HEAD_BONE_5.0'), plain])[0].seriesInstanceUID).toBe('b');
  expect(chooseSeries([named('C_SPINE_5.0'), plain])[0].seriesInstanceUID).toBe('b');
});

test('the order of the series and of their images changes nothing', () => {
  const all = [brain, bone, thin, thinBone, angiography, localizer, capture, coronal];
  const reversed = all.map(instances => [...instances].reverse()).reverse();
  expect(chooseSeries(reversed).map(r => r.seriesInstanceUID)).toEqual(
    chooseSeries(all).map(r => r.seriesInstanceUID)
  );
});

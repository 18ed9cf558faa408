import { syntheticReport } from '../../../testing/syntheticReport';
import { REPORT_WORDS } from './reportWords';
import { fillTemplate } from './fillTemplate';
import { renderReportText } from './renderReportText';

const { result } = syntheticReport();

test('the short text has score, side, regions, what there is of infarct, and what the reader changed', () => {
  expect(renderReportText(result, { form: 'short', language: 'en', edited: { infarct: true } })).toBe(
    `ASPECTS 8/10 (left); affected: insula (L), M4 (L).
Hypodensity, age not determined: 44.8 ml, 14 % of the MCA territory, 1.2 ml outside the ASPECTS regions, posterior fossa not assessed.
Changed by the reader: M1 (L) normal, M4 (L) affected.
The infarct mask was edited by the reader.`
  );
});

describe('infarct in words', () => {
  const oldInfarct = { volumeMl: 35.6, leftMl: 0, rightMl: 35.6, mcaMl: 30, outsideMcaMl: 5.6 };
  const none = { ...result.infarct, volumeMl: 0, mcaMl: 0, fractionOfMca: 0, outsideMcaMl: 0 };
  const blood = { volumeMl: 4, hyperdenseMl: 4, suspected: false, keySlice: null };
  const textOf = (changes: object, form: 'short' | 'long') =>
    renderReportText({ ...result, ...changes }, { form, language: 'en' });

  test.each([
    [
      'acute, where the network tells old from acute',
      { oldInfarct },
      'Acute infarct 44.8 ml, 14 % of the MCA territory',
    ],
    [
      'old, which is not counted',
      { oldInfarct, infarct: none },
      'Acute infarct 0.0 ml, old infarct 35.6 ml (not counted)',
    ],
    [
      'of the cerebellum, with a score of 10',
      { oldInfarct: null, infarct: { ...none, volumeMl: 21, outsideMcaMl: 21 } },
      'Hypodensity, age not determined: 21.0 ml, 21.0 ml outside the ASPECTS regions',
    ],
    [
      'too little for a percent',
      { infarct: { ...none, volumeMl: 0.9, mcaMl: 0.9, fractionOfMca: 0.003 } },
      '< 1 % of the MCA territory',
    ],
    ['beside hyperdense tissue', { haemorrhage: blood }, 'hyperdense tissue 4.0 ml'],
  ])('%s', (_, changes, sentence) => {
    expect(textOf(changes, 'short')).toContain(sentence);
    expect(textOf(changes, 'short')).toContain('posterior fossa not assessed.');
  });

  test('no share is named where the side that a reader calls the worse has none', () => {
    const infarct = { ...none, volumeMl: 68, mcaMl: 63, fractionOfMca: 0 };
    expect(textOf({ infarct }, 'short')).not.toContain('MCA territory');
  });

  test('the long text has a line for each, and none for what is not there', () => {
    const lines = (changes: object) =>
      textOf(changes, 'long')
        .split('\n')
        .filter(line => /infarct|ensity|dense|Outside|Inside|fossa/.test(line))
        .map(line => line.replace(/:.*/, ''));
    expect(lines({ oldInfarct, haemorrhage: blood })).toEqual([
      'Acute infarct',
      'Inside the MCA territory',
      'Outside the ASPECTS regions, not part of the score',
      'Old infarct, not counted',
      'Hyperdense tissue',
      'Posterior fossa',
    ]);
    expect(lines({ infarct: none })).toEqual(['Hypodensity, age not determined', 'Posterior fossa']);
  });
});

test('the German text has German words and a decimal comma', () => {
  const text = renderReportText(result, { form: 'long', language: 'de' });
  expect(text).toContain('Betroffene Seite: links');
  expect(text).toContain('44,8 ml');
  expect(text).toContain('Vom Befunder geändert: M1 (L) normal, M4 (L) betroffen');
  expect(text).toContain('Hinweis: Schichten fehlen oder sind ungleichmäßig verteilt.');
});

test('no placeholder is left over and nobody is named unless asked for', () => {
  for (const language of ['en', 'de'] as const) {
    const text = renderReportText(result, { form: 'long', language });
    expect(text).not.toMatch(/[{}]/);
    expect(text).not.toContain('Patient');
  }
  const named = renderReportText(result, {
    form: 'long',
    language: 'en',
    patient: { name: 'Doe^Jane', id: '7' },
  });
  expect(named).toMatch(/^Patient: Doe Jane\nPatient ID: 7\n/);
});

test("a site's own template and words replace the given ones", () => {
  const words = { short: '{score} {affected}', regions: { ...REPORT_WORDS.en.regions, I: 'INSULA' } };
  expect(renderReportText(result, { form: 'short', language: 'en', words })).toBe('8 INSULA (L), M4 (L)');
});

test('a line without a value is left out, also one that names what does not exist', () => {
  expect(fillTemplate('a {x}\nb {y}\n\n\n\nc {constructor}\nd', { x: '1', y: '' })).toBe('a 1\n\nd');
});

test('both languages say everything that the other says', () => {
  const keys = (value: object): string[] =>
    Object.entries(value).flatMap(([key, inner]) =>
      typeof inner === 'object' ? keys(inner as object) : [key]
    );
  expect(keys(REPORT_WORDS.de)).toEqual(keys(REPORT_WORDS.en));
  const names = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(match => match[0]).sort();
  expect(names(REPORT_WORDS.de.long)).toEqual(names(REPORT_WORDS.en.long));
  expect(names(REPORT_WORDS.de.short)).toEqual(names(REPORT_WORDS.en.short));
  expect(names(REPORT_WORDS.de.infarcts)).toEqual(names(REPORT_WORDS.en.infarcts));
});

test('a code with several reasons has one sentence', () => {
  const warnings = ['one', 'two', 'three'].map(message => ({ code: 'LOW_CONFIDENCE', message }) as const);
  const text = renderReportText({ ...result, warnings }, { form: 'long', language: 'en' });
  expect(text).toContain(`Note: ${REPORT_WORDS.en.warnings.LOW_CONFIDENCE}\n`);
});

test.each([
  ['short', undefined],
  ['long', undefined],
  ['short', { short: '{score} {affected}' }],
] as const)('a suspected haemorrhage suspends the score, %s, words %j', (form, words) => {
  const suspected = {
    ...result,
    score: 3,
    haemorrhage: { volumeMl: 9, hyperdenseMl: 9, suspected: true, keySlice: null },
  };
  const text = renderReportText(suspected, { form, language: 'de', words });
  expect(text).toMatch(/^Verdacht auf Blutung: ASPECTS gilt nicht/);
  expect(text).not.toMatch(/\b(3|10) von 10|3\/10|Gruppe|Betroffene Seite|betroffen:|Insel/);
  expect(text.includes('Hypodensität, Alter unbestimmt')).toBe(words === undefined);
  const haemorrhage = { ...suspected.haemorrhage, suspected: false, excludedByReader: true } as const;
  const excluded = renderReportText({ ...suspected, haemorrhage }, { form, language: 'de', words });
  expect(excluded).toContain('3');
  expect(excluded.includes('Vom Befunder geändert: Blutung ausgeschlossen')).toBe(words === undefined);
});

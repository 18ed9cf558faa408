import { syntheticReport } from '../../../testing/syntheticReport';
import { REPORT_WORDS } from './reportWords';
import { fillTemplate } from './fillTemplate';
import { renderReportText } from './renderReportText';

const { result } = syntheticReport();

test('the short text is one line with score, side, regions, volume and fraction', () => {
  expect(renderReportText(result, { form: 'short', language: 'en' })).toBe(
    'ASPECTS 8/10 (left); affected: insula (L), M4 (L); early ischaemic change 44.8 ml, 14 % of the MCA territory.'
  );
});

test('the German text has German words and a decimal comma', () => {
  const text = renderReportText(result, { form: 'long', language: 'de' });
  expect(text).toContain('Betroffene Seite: links');
  expect(text).toContain('44,8 ml');
  expect(text).toContain('Vom Befunder geändert: M1 (L) entfernt, M4 (L) ergänzt');
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
  expect(text.includes('Ischämische Frühzeichen')).toBe(form === 'long');
  const dismissed = { ...suspected, haemorrhage: { ...suspected.haemorrhage, suspected: false } };
  expect(renderReportText(dismissed, { form, language: 'de', words })).toContain('3');
});

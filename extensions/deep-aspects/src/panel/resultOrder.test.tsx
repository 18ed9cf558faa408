/** @jest-environment jsdom */
import { cleanup } from '@testing-library/react';
import type { AspectsState } from '../session/state';
import { TARGET } from '../session/testing/fakePorts';
import { fakeDraft } from '../session/testing/fakeDraft';
import { fakeResult } from '../session/testing/fakeResult';
import { at, showPanel } from './testing/showPanel';

const show = (result = fakeResult(), more: Partial<AspectsState> = {}) =>
  showPanel({ phase: 'done', draft: fakeDraft(result), ...more });

beforeEach(() => localStorage.setItem('i18nextLng', 'en-US'));
afterEach(cleanup);

describe('what is told once', () => {
  const warnings = [{ code: 'HEMORRHAGE_SUSPECTED' as const, message: 'Hyperdense tissue.' }];
  const withBlood = (suspected: boolean) => ({
    ...fakeResult(),
    warnings,
    haemorrhage: { volumeMl: 19.9, hyperdenseMl: 19.9, suspected, keySlice: null },
  });

  it('a suspected haemorrhage, in the place of the score', () => {
    show(withBlood(true));
    expect(at('aspects-haemorrhage').textContent).toContain('19.9 ml');
    expect(at('aspects-warning')).toBeNull();
    expect(at('aspects-haemorrhage-volume')).toBeNull();
  });

  it('a suspected haemorrhage, without a word or drawing of affected regions', () => {
    show(withBlood(true));
    expect(document.querySelector('[data-affected="true"]')).toBeNull();
    expect(document.querySelector('[aria-checked="true"]')).toBeNull();
    expect(at('aspects-fold-regions').textContent).toContain('No region is scored');
    expect(at('aspects-overlay-mode')).toBeNull();
    expect(at('aspects-overlay-visible')).not.toBeNull();
    cleanup();
    show(withBlood(false));
    expect(at('aspects-overlay-mode')).not.toBeNull();
    // In the drawing and in the table.
    expect(document.querySelectorAll('[data-affected="true"]')).toHaveLength(4);
  });

  it('hyperdense tissue that is no haemorrhage to the reader, among the volumes', () => {
    show(withBlood(false));
    expect(at('aspects-haemorrhage')).toBeNull();
    expect(at('aspects-haemorrhage-volume').textContent).toBe('19.9 ml');
    expect(at('aspects-warning').dataset.code).toBe('HEMORRHAGE_SUSPECTED');
  });

  it('a small share of the territory, and never as none of it', () => {
    const result = fakeResult();
    show({ ...result, infarct: { ...result.infarct, mcaMl: 0.9, fractionOfMca: 0.004 } });
    expect(document.body.textContent).toContain('< 1 % of the MCA territory');
    cleanup();
    // The infarct is on the side that the reader does not call the worse.
    show({ ...result, infarct: { ...result.infarct, mcaMl: 63, fractionOfMca: 0 } });
    expect(document.body.textContent).not.toContain('of the MCA territory');
  });

  it('an age of a hypodensity, only where there is one', () => {
    show(fakeResult([], 0));
    expect(document.body.textContent).not.toContain('age not determined');
    cleanup();
    show();
    expect(document.body.textContent).toContain('Hypodensity, age not determined');
  });
});

test.each<[string, Partial<AspectsState>, string | undefined]>([
  ['the series itself', {}, undefined],
  [
    'another CT',
    { target: { ...TARGET, seriesInstanceUID: '1.2.9', description: 'Bone' } },
    'Bone (CT, 2 images)',
  ],
  ['an MR', { active: { ...TARGET, modality: 'MR', description: 'Diffusion' } }, 'Diffusion (MR, 2 images)'],
])('a result tells that it is not of the active series: %s', (_, state, told) => {
  show(fakeResult(), state);
  expect(at('aspects-other-series')?.textContent).toEqual(
    told && `Another series is active. This result is not from it: ${told}`
  );
  expect(at('aspects-score').textContent).toBe('8');
});

test.each([
  ['a haemorrhage excluded', true, [], '1 change by the reader', 'haemorrhage excluded'],
  [
    'that and a region',
    true,
    [{ side: 'left', region: 'M5', affected: true } as const],
    '2 changes by the reader',
    'haemorrhage excluded, M5 L affected',
  ],
  [
    'a region, where there was nothing to exclude',
    false,
    [{ side: 'left', region: 'M5', affected: true } as const],
    '1 change by the reader',
    'M5 L affected',
  ],
])('what the reader changed is counted and named: %s', (_, isExcluded, overrides, counted, named) => {
  const { haemorrhage, ...rest } = fakeResult(overrides);
  const result = {
    ...rest,
    haemorrhage: isExcluded ? ({ ...haemorrhage, excludedByReader: true } as const) : haemorrhage,
  };
  const draft = fakeDraft(result, { overrides, haemorrhageDismissed: true, unsaved: true });
  show(result, { draft });
  expect(at('aspects-draft').textContent).toContain(counted);
  expect(at('aspects-reader-changes').textContent).toBe(`Changed by the reader: ${named}`);
});

describe('from the result, Tab', () => {
  const stopsAfterCard = () => {
    const card = document.querySelector('.dasp-score-card') as HTMLElement;
    return [
      ...document.querySelectorAll<HTMLElement>('button, select, input, summary, [tabindex="0"]'),
    ].filter(
      one => one.tabIndex >= 0 && card.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING
    );
  };

  it('comes to storing it first', () => {
    show();
    expect(stopsAfterCard()[0]).toBe(at('aspects-store'));
  });

  it('comes to the question of a haemorrhage before that', () => {
    const result = fakeResult();
    show({ ...result, haemorrhage: { ...result.haemorrhage, suspected: true } });
    expect(stopsAfterCard().slice(0, 2)).toEqual([at('aspects-haemorrhage-dismiss'), at('aspects-store')]);
  });
});

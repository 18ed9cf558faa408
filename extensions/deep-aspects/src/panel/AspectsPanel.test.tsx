/** @jest-environment jsdom */
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react';
import { ASPECTS_REGIONS } from '@deep-aspects/aspects/scoring';
import type { AspectsState, Draft } from '../session/state';
import { TARGET } from '../session/testing/fakePorts';
import { fakeDraft } from '../session/testing/fakeDraft';
import { fakeResult } from '../session/testing/fakeResult';
import { at, showPanel } from './testing/showPanel';

const run = jest.fn();
const show = (state: Partial<AspectsState>) => showPanel(state, run);
const done = (result = fakeResult(), more: Partial<Draft> = {}) =>
  show({ phase: 'done', draft: fakeDraft(result, more) });

beforeEach(() => localStorage.setItem('i18nextLng', 'en-US'));
afterEach(() => jest.restoreAllMocks());
afterEach(() => {
  cleanup();
  run.mockClear();
});

describe('before', () => {
  it('says what will be scored and offers one button', () => {
    show({});
    expect(screen.getByText('Head native (CT, 2 images)')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Compute ASPECTS' }));
    expect(run).toHaveBeenCalledWith('computeAspects');
    expect(at('aspects-compute')).toBe(screen.getByRole('button', { name: 'Compute ASPECTS' }));
  });

  it('offers the CT where an MR is active, and does not claim that the MR will be scored', () => {
    show({ active: { ...TARGET, description: 'Diffusion', modality: 'MR' } });
    expect(at('aspects-not-ct').textContent).toBe(
      'The active series is MR and cannot be scored: Diffusion (MR, 2 images)'
    );
    expect(screen.getByText('Will be scored').nextElementSibling?.textContent).toBe(
      'Head native (CT, 2 images)'
    );
    expect((at('aspects-compute') as HTMLButtonElement).disabled).toBe(false);
  });

  it('has nothing to compute where there is no CT', () => {
    show({ target: null, active: { ...TARGET, modality: 'MR' } });
    expect(screen.queryByText('Will be scored')).toBeNull();
    expect(screen.getByText('There is no CT series to score in this study.')).toBeTruthy();
    expect((at('aspects-compute') as HTMLButtonElement).disabled).toBe(true);
  });

  it('has nothing to compute without a series', () => {
    show({ target: null });
    expect((at('aspects-compute') as HTMLButtonElement).disabled).toBe(true);
  });
});

describe('during', () => {
  it('shows the step and a way out, and no result', () => {
    show({ phase: 'running', progress: { step: 'infarct', done: 3, total: 20, percent: 61.4 } });
    const bar = screen.getByRole('progressbar', { name: 'Computing ASPECTS' });
    expect(bar).toBe(at('aspects-progress'));
    expect(bar.getAttribute('aria-valuenow')).toBe('61');
    expect(bar.textContent).toContain('Infarct, slice 3 of 20');
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(run).toHaveBeenCalledWith('cancelAspects');
    expect(at('aspects-score')).toBeNull();
  });
});

describe('refused', () => {
  it('gives the reason as an alert, never a score', () => {
    show({ phase: 'refused', refusal: { code: 'NO_BRAIN', message: 'No brain was found.' } });
    expect(screen.queryByText('Will be scored')).toBeNull();
    expect(screen.getByText('Selected series')).toBeTruthy();
    const alert = screen.getByRole('alert');
    expect(alert).toBe(at('aspects-error'));
    expect(alert.dataset.code).toBe('NO_BRAIN');
    expect(alert.textContent).toContain('No brain was found.');
    expect(at('aspects-score')).toBeNull();
    expect(at('aspects-compute')).not.toBeNull();
  });
});

describe('refused with a result of another series', () => {
  it('keeps the result in sight', () => {
    show({
      phase: 'refused',
      refusal: { code: 'LOCALIZER', message: 'This is a localizer.' },
      draft: fakeDraft(),
    });
    expect(at('aspects-error').dataset.code).toBe('LOCALIZER');
    expect(at('aspects-score').textContent).toBe('8');
  });
});

describe('after', () => {
  it('shows score, side, group, volume and provider, and promises no outcome of treatment', () => {
    done();
    expect(at('aspects-score').textContent).toBe('8');
    expect(at('aspects-score').dataset.score).toBe('8');
    expect(at('aspects-side').textContent).toBe('Left');
    expect(at('aspects-bin').textContent).toBe('C (8-10)');
    expect(document.body.textContent).not.toMatch(/outcome|favourable/i);
    expect(at('aspects-infarct-volume').textContent).toBe('12.3 ml');
    expect(at('aspects-provider').textContent).toBe('WebAssembly');
    expect(screen.getByText(/research use only/i)).toBeTruthy();
  });

  it('has a row for each region of each side', () => {
    done();
    const rows = ASPECTS_REGIONS.flatMap(({ id }) =>
      ['left', 'right'].map(side => at(`aspects-region-${id}-${side}`))
    );
    expect(rows).toHaveLength(20);
    expect(rows.filter(row => row.dataset.affected === 'true').map(row => row.dataset.cy)).toEqual([
      'aspects-region-I-left',
      'aspects-region-M1-left',
    ]);
    expect(at('aspects-region-M1-left').textContent).toContain('3.2 ml · \u22123.5 HU');
  });

  it("puts the patient's right on the left, in rows and drawing", () => {
    done();
    const order = (one: Element, other: Element) =>
      one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    expect(order(at('aspects-region-C-right'), at('aspects-region-C-left'))).toBeTruthy();
    const shape = (side: string) => at(`aspects-schematic-M1-${side}`);
    expect(Number(shape('right')?.querySelector('text')?.getAttribute('x'))).toBeLessThan(60);
    expect(Number(shape('left')?.querySelector('text')?.getAttribute('x'))).toBeGreaterThan(60);
    expect(shape('left')?.getAttribute('data-affected')).toBe('true');
    expect(shape('right')?.getAttribute('data-affected')).toBe('false');
  });

  it('names the affected regions in one line, by side, the right first', () => {
    done(
      fakeResult([
        { side: 'right', region: 'C', affected: true },
        { side: 'left', region: 'M6', affected: true },
      ])
    );
    const lines = [...at('aspects-affected').children].map(line =>
      [...line.children].map(({ textContent }) => textContent)
    );
    expect(lines).toEqual([
      ['Right', 'Caudate (reader)', 'C'],
      ['Left', 'Insula, M1, M6 (reader)', 'I', 'M1', 'M6'],
    ]);
    // Letters are the larger the fewer regions there are.
    const counts = [...at('aspects-affected').children].map(line =>
      (line as HTMLElement).style.getPropertyValue('--regions')
    );
    expect(counts).toEqual(['1', '3']);
    const seen = [...at('aspects-affected').querySelectorAll<HTMLElement>('[aria-hidden="true"]')];
    expect(
      seen.map(({ textContent, dataset, title }) => `${textContent} ${dataset.source} ${title}`)
    ).toEqual(['C reader Caudate', 'I model Insula', 'M1 model M1', 'M6 reader M6']);
    expect(at('aspects-reader-changes').textContent).toBe(
      'Changed by the reader: Caudate R affected, M6 L affected'
    );
  });

  it('says so where no region is affected, and announces an infarct elsewhere next to the score', () => {
    const none = fakeResult([
      { side: 'left', region: 'M1', affected: false },
      { side: 'left', region: 'I', affected: false },
    ]);
    const cerebellar = { ...none.infarct, volumeMl: 25, mcaMl: 0, outsideMcaMl: 25 };
    done({ ...none, infarct: cerebellar });
    expect(at('aspects-score').textContent).toBe('10');
    // "No side affected" would be wrong: a cerebellar infarct has a side.
    expect(at('aspects-side').textContent).toBe('No affected region');
    expect(at('aspects-affected').textContent).toBe('Faint early signs can be missed.');
    expect(at('aspects-outside-mca').textContent).toMatch(/^25\.0 ml .*outside the ASPECTS regions/);
    expect(screen.getByText('Posterior fossa: not assessed.')).toBeTruthy();
  });

  it('says where a little infarct lies without saying its volume twice', () => {
    const none = fakeResult();
    const speck = { ...none.infarct, volumeMl: 0.3, mcaMl: 0, fractionOfMca: 0, outsideMcaMl: 0.3 };
    done({ ...none, infarct: speck });
    expect(document.querySelector('.dasp-volumes')?.textContent).toMatch(/0\.3 mloutside the regions$/);
  });

  it('calls infarct acute or old where the networks tell, else hypodensity of undetermined age', () => {
    const result = fakeResult();
    done({ ...result, oldInfarct: null });
    expect(screen.getByText('Hypodensity, age not determined')).toBeTruthy();
    expect(at('aspects-old-infarct-volume')).toBeNull();
    cleanup();
    const oldInfarct = { volumeMl: 5.25, leftMl: 0, rightMl: 5.25, mcaMl: 5.25, outsideMcaMl: 0 };
    done({ ...result, oldInfarct });
    expect(screen.getByText('Acute infarct')).toBeTruthy();
    expect(at('aspects-old-infarct-volume').textContent).toMatch(/^5\.[23] ml$/);
  });

  it('puts suspected haemorrhage in the place of the score, until the reader dismisses it', () => {
    const haemorrhage = { volumeMl: 12.4, hyperdenseMl: 12.4, suspected: true, keySlice: null };
    const store = done({ ...fakeResult(), haemorrhage });
    const alert = screen.getByRole('alert');
    expect(alert).toBe(at('aspects-haemorrhage'));
    expect(alert.textContent).toContain('12.4 ml');
    expect(at('aspects-score')).toBeNull();
    expect(at('aspects-affected')).toBeNull();
    fireEvent.click(at('aspects-haemorrhage-dismiss'));
    expect(run).toHaveBeenCalledWith('dismissHaemorrhage');
    const dismissed = { ...fakeResult(), haemorrhage: { ...haemorrhage, suspected: false } };
    act(() => store.update({ draft: fakeDraft(dismissed) }));
    expect(at('aspects-haemorrhage')).toBeNull();
    expect(at('aspects-score').textContent).toBe('8');
  });

  it("shows a region's probability as a bar, where there is one", () => {
    const result = fakeResult();
    const regions = result.hemispheres.left.regions.map(one => ({
      ...one,
      probability: one.id === 'M1' ? 0.87 : null,
    }));
    done({ ...result, hemispheres: { ...result.hemispheres, left: { score: 8, regions } } });
    const bar = at('aspects-region-M1-left').querySelector<HTMLElement>('.dasp-probability-bar');
    expect(bar?.style.width).toBe('87%');
    expect(at('aspects-region-M1-left').textContent).toContain('87 % probability');
    expect(at('aspects-region-M2-left').querySelector('.dasp-probability')).toBeNull();
  });

  it('goes to the result with the focus when it was computed, and not when it was restored', () => {
    const store = show({ phase: 'running' });
    act(() => store.update({ phase: 'done', draft: fakeDraft() }));
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'Result' }));
    cleanup();
    done();
    expect(document.activeElement).toBe(document.body);
  });

  it('tells model from reader in words', () => {
    const overrides = [{ side: 'left' as const, region: 'M1' as const, affected: false }];
    done(fakeResult(overrides), { overrides, unsaved: true });
    const row = at('aspects-region-M1-left');
    expect(row.dataset.source).toBe('reader');
    expect(row.textContent).toContain('normal (reader), model: affected');
    expect(at('aspects-region-I-left').textContent).toContain('affected (model)');
    fireEvent.click(within(row).getByRole('button', { name: 'Undo M1, Left' }));
    expect(run.mock.calls).toEqual([['undoRegionChange', { side: 'left', region: 'M1' }]]);
  });

  it('jumps by the row and corrects by the switch, not both', () => {
    done();
    const row = at('aspects-region-M2-right');
    fireEvent.click(row);
    expect(run.mock.calls).toEqual([['jumpToRegion', { side: 'right', region: 'M2' }]]);
    run.mockClear();
    const toggle = within(row).getByRole('switch', { name: 'M2, Right, affected' });
    expect(toggle.getAttribute('aria-checked')).toBe('false');
    fireEvent.click(toggle);
    expect(run.mock.calls).toEqual([['setRegionAffected', { side: 'right', region: 'M2', affected: true }]]);
  });

  it('jumps once by keyboard', () => {
    done();
    fireEvent.click(
      within(at('aspects-region-C-left')).getByRole('button', { name: /^Caudate\s?, Left:\s*normal/ })
    );
    expect(run.mock.calls).toEqual([['jumpToRegion', { side: 'left', region: 'C' }]]);
  });

  it('marks a region that is not in the scan', () => {
    const result = fakeResult();
    const missing = { volumeMl: 0, infarctMl: 0, meanHu: null, contralateralMeanHu: null, keySlice: null };
    const regions = result.hemispheres.right.regions.map(one =>
      one.id === 'M4' ? { ...one, ...missing } : one
    );
    done({ ...result, hemispheres: { ...result.hemispheres, right: { score: 10, regions } } });
    expect(at('aspects-region-M4-right').textContent).toContain('not in the scan');
  });

  it('lists the warnings with their codes', () => {
    done({ ...fakeResult(), warnings: [{ code: 'THICK_SLICES', message: 'Slices are 7.0 mm thick.' }] });
    expect(at('aspects-warning').dataset.code).toBe('THICK_SLICES');
    expect(at('aspects-warning').textContent).toBe('Slices are 7.0 mm thick.');
  });

  it('lists each reason of one code', () => {
    const reasons = [
      'Left and right differ.',
      'A ventricle is squeezed.',
      'A slice is unlike its neighbours.',
    ];
    done({ ...fakeResult(), warnings: reasons.map(message => ({ code: 'LOW_CONFIDENCE', message })) });
    const shown = [...document.querySelectorAll('[data-cy="aspects-warning"]')];
    expect(shown.map(({ textContent }) => textContent)).toEqual(reasons);
    // One line, of which the reasons are unfolded.
    const [line, ...more] = document.querySelectorAll('.dasp-warnings summary');
    expect([line.textContent, more]).toEqual(['Uncertain: check the regions', []]);
    expect(shown.every(one => one.closest('details:not([open])') === line.parentElement)).toBe(true);
  });

  it('offers reset only where the reader changed something', () => {
    const store = done();
    expect((at('aspects-reset') as HTMLButtonElement).disabled).toBe(true);
    act(() => store.update({ draft: fakeDraft(fakeResult(), { infarctEdited: true, unsaved: true }) }));
    fireEvent.click(at('aspects-reset'));
    expect(run).toHaveBeenCalledWith('resetReaderChanges');
  });

  it('hands out reports', () => {
    done();
    fireEvent.click(at('aspects-copy'));
    fireEvent.change(at('aspects-format'), { target: { value: 'csv' } });
    fireEvent.click(at('aspects-anonymous'));
    fireEvent.click(at('aspects-download'));
    fireEvent.click(at('aspects-store'));
    expect(run.mock.calls).toEqual([
      ['copyAspectsReport'],
      ['downloadAspectsReport', { format: 'csv', anonymous: true }],
      ['storeAspectsReport'],
    ]);
  });

  it('tells how storing went, a failure as an alert', () => {
    const store = done();
    act(() => store.update({ store: { phase: 'storing', percent: 40 } }));
    expect(at('aspects-store-message').textContent).toBe('Storing, 40 %');
    fireEvent.click(at('aspects-store'));
    expect(run).not.toHaveBeenCalled();
    act(() => store.update({ store: { phase: 'failed', message: 'The PACS refused the report.' } }));
    expect(screen.getByRole('alert').textContent).toBe('The PACS refused the report.');
  });
});

it('keeps the keys of its controls from the viewer, and no others', () => {
  const onViewerKey = jest.fn();
  document.addEventListener('keydown', onViewerKey);
  done();
  ['Enter', ' ', 'Escape', 'ArrowUp'].forEach(key => fireEvent.keyDown(at('aspects-copy'), { key }));
  expect(onViewerKey).not.toHaveBeenCalled();
  fireEvent.keyDown(at('aspects-copy'), { key: 'N', shiftKey: true });
  expect(onViewerKey).toHaveBeenCalledTimes(1);
  document.removeEventListener('keydown', onViewerKey);
});

describe('the drawing', () => {
  const shape = (region: string, side: string) => at(`aspects-schematic-${region}-${side}`);

  it('switches a region by click and key, and jumps with Shift', () => {
    done();
    const m5 = { side: 'right', region: 'M5' };
    expect(shape('M5', 'right')).toBe(screen.getByRole('switch', { name: 'M5, Right: normal (model)' }));
    fireEvent.click(shape('M5', 'right'));
    fireEvent.keyDown(shape('M1', 'left'), { key: ' ' });
    fireEvent.click(shape('M5', 'right'), { shiftKey: true });
    fireEvent.keyDown(shape('M5', 'right'), { key: 'Enter', shiftKey: true });
    expect(run.mock.calls).toEqual([
      ['setRegionAffected', { ...m5, affected: true }],
      ['setRegionAffected', { side: 'left', region: 'M1', affected: false }],
      ['jumpToRegion', m5],
      ['jumpToRegion', m5],
    ]);
  });

  it('is one tab stop, in which arrow keys go from region to region and round', () => {
    done();
    const stops = () => [...document.querySelectorAll('[data-cy^="aspects-schematic-"][tabindex="0"]')];
    expect(stops()).toEqual([shape('C', 'right')]);
    act(() => shape('C', 'right').focus());
    fireEvent.keyDown(document.activeElement as Element, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(shape('L', 'right'));
    expect(stops()).toEqual([shape('L', 'right')]);
    fireEvent.keyDown(document.activeElement as Element, { key: 'End' });
    expect(document.activeElement).toBe(shape('M6', 'left'));
    fireEvent.keyDown(document.activeElement as Element, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(shape('C', 'right'));
  });
});

describe('asking', () => {
  it('has the safe answer in focus', () => {
    show({ confirmation: { kind: 'recompute' } });
    expect(document.activeElement).toBe(at('aspects-confirm-no'));
    fireEvent.keyDown(screen.getByRole('alertdialog'), { key: 'Escape' });
    expect(run).toHaveBeenCalledWith('answerAspectsConfirmation', { yes: false });
    fireEvent.click(at('aspects-confirm-yes'));
    expect(run).toHaveBeenLastCalledWith('answerAspectsConfirmation', { yes: true });
  });
});

it('every control has a name, and speaks German when OHIF does', () => {
  localStorage.setItem('i18nextLng', 'de-DE');
  const later = performance.now() + 2000;
  jest.spyOn(performance, 'now').mockReturnValue(later);
  done(fakeResult(), { unsaved: true, infarctEdited: true });
  for (const role of ['button', 'switch', 'checkbox', 'combobox', 'slider']) {
    expect(screen.getAllByRole(role, { name: /\S/ })).toEqual(screen.getAllByRole(role));
  }
  expect(screen.getByRole('button', { name: 'ASPECTS berechnen' })).toBeTruthy();
  expect(at('aspects-region-M1-left').textContent).toContain('betroffen (Modell)');
  expect(at('aspects-region-M1-left').textContent).toContain('3,2 ml · \u22123,5 HE');
  expect(at('aspects-infarct-volume').textContent).toBe('12,3 ml');
});

/** @jest-environment jsdom */
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { ASPECTS_REGIONS } from '@deep-aspects/aspects/scoring';
import { createObservableStore } from '../session/observableStore';
import { INITIAL_STATE, type AspectsState } from '../session/state';
import { TARGET } from '../session/testing/fakePorts';
import { fakeResult } from '../session/testing/fakeResult';
import AspectsPanel from './AspectsPanel';

// jsdom knows no container queries and complains of them.
jest.mock('./panel.css', () => '');

const run = jest.fn();
const at = (handle: string) => document.querySelector(`[data-cy="${handle}"]`) as HTMLElement;

function show(state: Partial<AspectsState>) {
  const store = createObservableStore<AspectsState>({ ...INITIAL_STATE, target: TARGET, ...state });
  render(<AspectsPanel watch={store} run={run} />);
  return store;
}

const draftOf = (result = fakeResult(), more: object = {}) => ({
  target: TARGET,
  result,
  overrides: [],
  infarctEdited: false,
  unsaved: false,
  ...more,
});
const done = (result = fakeResult(), more: object = {}) =>
  show({ phase: 'done', draft: draftOf(result, more) });

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

  it('warns of a series that is not CT', () => {
    show({ target: { ...TARGET, modality: 'MR' } });
    expect(screen.getByText(/active series is MR/)).toBeTruthy();
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
    const alert = screen.getByRole('alert');
    expect(alert).toBe(at('aspects-error'));
    expect(alert.dataset.code).toBe('NO_BRAIN');
    expect(alert.textContent).toContain('No brain was found.');
    expect(at('aspects-score')).toBeNull();
    expect(at('aspects-compute')).not.toBeNull();
  });
});

describe('after', () => {
  it('shows score, side, group with its meaning, volume and provider', () => {
    done();
    expect(at('aspects-score').textContent).toBe('8');
    expect(at('aspects-score').dataset.score).toBe('8');
    expect(at('aspects-side').textContent).toBe('Left');
    expect(at('aspects-bin').textContent).toBe('C (8-10)');
    expect(screen.getByText(/usually favourable/)).toBeTruthy();
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
    const shape = (side: string) => document.querySelector(`[data-region="M1"][data-side="${side}"]`);
    expect(Number(shape('right')?.querySelector('text')?.getAttribute('x'))).toBeLessThan(60);
    expect(Number(shape('left')?.querySelector('text')?.getAttribute('x'))).toBeGreaterThan(60);
    expect(shape('left')?.getAttribute('data-affected')).toBe('true');
    expect(shape('right')?.getAttribute('data-affected')).toBe('false');
  });

  it('tells model from reader in words', () => {
    const overrides = [{ side: 'left' as const, region: 'M1' as const, affected: false }];
    done(fakeResult(overrides), { overrides, unsaved: true });
    const row = at('aspects-region-M1-left');
    expect(row.dataset.source).toBe('reader');
    expect(row.textContent).toContain('normal, model: affected (reader)');
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

  it('offers reset only where the reader changed something', () => {
    const store = done();
    expect((at('aspects-reset') as HTMLButtonElement).disabled).toBe(true);
    act(() => store.update({ draft: draftOf(fakeResult(), { infarctEdited: true, unsaved: true }) }));
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
    for (const control of screen.getAllByRole(role)) {
      expect(screen.getAllByRole(role, { name: /\S/ })).toContain(control);
    }
  }
  expect(screen.getByRole('button', { name: 'ASPECTS berechnen' })).toBeTruthy();
  expect(at('aspects-region-M1-left').textContent).toContain('betroffen (Modell)');
});

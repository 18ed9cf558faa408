/** @jest-environment jsdom */
import { fireEvent, render, screen } from '@testing-library/react';
import type { MirrorPicture } from '../session/state';
import { MirrorView, rgbaOf } from './MirrorView';

const run = jest.fn();
const PICTURE: MirrorPicture = {
  sliceName: 'I: 18 (12/28)',
  sliceNumber: 12,
  sliceCount: 28,
  window: 'stroke',
  size: 2,
  grey: new Uint8ClampedArray([1, 2, 3, 4]),
};

beforeEach(() => {
  run.mockClear();
  // jsdom draws nothing.
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  Object.assign(globalThis, { ImageData: class {} });
});

it('mirrors each row, and nothing else', () => {
  const greys = (mirrored: boolean) => [...rgbaOf(PICTURE.grey, 2, mirrored)].filter((_, i) => i % 4 === 0);
  expect(greys(false)).toEqual([1, 2, 3, 4]);
  expect(greys(true)).toEqual([2, 1, 4, 3]);
  expect([...rgbaOf(PICTURE.grey, 2, true)].filter((_, i) => i % 4 === 3)).toEqual([255, 255, 255, 255]);
});

it('says which picture is mirrored, with the sides where they are in it', () => {
  render(<MirrorView picture={PICTURE} run={run} />);
  const [scanned, mirrored] = screen.getAllByRole('figure');
  expect(scanned.textContent).toBe('As scannedRL');
  expect(mirrored.textContent).toBe('MIRRORED: left and right swappedLR');
  expect(screen.getByRole('status').textContent).toBe('I: 18 (12/28)');
});

it('is worked by arrow keys, wheel, buttons and Escape', () => {
  render(<MirrorView picture={PICTURE} run={run} />);
  const dialog = screen.getByRole('dialog', { name: 'Left-right comparison' });
  expect(document.activeElement).toBe(dialog);
  fireEvent.keyDown(dialog, { key: 'ArrowUp' });
  fireEvent.keyDown(dialog, { key: 'ArrowDown' });
  fireEvent.wheel(dialog, { deltaY: 40 });
  fireEvent.wheel(dialog, { deltaY: 40 });
  fireEvent.click(screen.getByRole('button', { name: 'Higher slice' }));
  fireEvent.change(screen.getByRole('combobox', { name: 'Window' }), { target: { value: 'brain' } });
  fireEvent.keyDown(dialog, { key: 'Escape' });
  expect(run.mock.calls).toEqual([
    ['stepMirrorComparison', { step: 1 }],
    ['stepMirrorComparison', { step: -1 }],
    ['stepMirrorComparison', { step: -1 }],
    ['stepMirrorComparison', { step: 1 }],
    ['setMirrorWindow', { window: 'brain' }],
    ['toggleMirrorComparison'],
  ]);
});

it('keeps its keys from the viewer, and leaves the arrows to the list', () => {
  const onViewerKey = jest.fn();
  document.addEventListener('keydown', onViewerKey);
  render(<MirrorView picture={PICTURE} run={run} />);
  fireEvent.keyDown(screen.getByRole('dialog'), { key: 'ArrowUp' });
  fireEvent.keyDown(screen.getByRole('combobox'), { key: 'ArrowUp' });
  document.removeEventListener('keydown', onViewerKey);
  expect(onViewerKey).toHaveBeenCalledTimes(1);
  expect(run).toHaveBeenCalledTimes(1);
});

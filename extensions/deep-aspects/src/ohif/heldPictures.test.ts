/** @jest-environment jsdom */
import { holdPictures } from './heldPictures';
import type { OhifManagers } from './host/managers';

const copied: unknown[] = [];
const withImages = new Set<string>();

/** Two panes side by side, each with a canvas; of the new ones only what their actors say is asked. */
function managersOf(shown: readonly string[]): OhifManagers {
  const canvases = new Map(
    shown.map((id, index) => {
      const canvas = document.createElement('canvas');
      canvas.width = 200;
      canvas.getBoundingClientRect = () => new DOMRect(100 * index, 50, 100, 80);
      return [id, canvas];
    })
  );
  return {
    servicesManager: {
      services: {
        viewportGridService: { getState: () => ({ viewports: new Map(shown.map(id => [id, {}])) }) },
        cornerstoneViewportService: {
          getCornerstoneViewport: (id: string) => ({
            canvas: canvases.get(id),
            getActors: () => (withImages.has(id) ? [{}] : []),
          }),
        },
      },
    },
  } as unknown as OhifManagers;
}

const held = () => [...document.querySelectorAll<HTMLElement>('.dasp-held-picture')];
const drawn = (viewportId: string) =>
  document.dispatchEvent(new CustomEvent('CORNERSTONE_IMAGE_RENDERED', { detail: { viewportId } }));

beforeEach(() => {
  jest.useFakeTimers();
  copied.length = 0;
  withImages.clear();
  HTMLCanvasElement.prototype.getContext = (() => ({
    drawImage: (canvas: unknown) => copied.push(canvas),
  })) as never;
  // jsdom has no rectangles.
  globalThis.DOMRect ??= class {
    constructor(
      readonly left: number,
      readonly top: number,
      readonly width: number,
      readonly height: number
    ) {}
  } as never;
  holdPictures(managersOf(['old-1', 'old-2']), ['new-1', 'new-2']);
});
afterEach(() => {
  jest.runAllTimers();
  jest.useRealTimers();
});

it('the pictures of the panes stay at their places', () => {
  expect(copied).toHaveLength(2);
  expect(held().map(({ style }) => [style.left, style.top, style.width, style.height])).toEqual([
    ['0px', '50px', '100px', '80px'],
    ['100px', '50px', '100px', '80px'],
  ]);
  expect(held().every(({ style }) => style.pointerEvents === 'none' && style.position === 'fixed')).toBe(
    true
  );
});

it('until each of the new panes has drawn an image', () => {
  drawn('new-1');
  drawn('new-2');
  jest.advanceTimersByTime(100);
  expect(held()).toHaveLength(2);
  withImages.add('new-1').add('new-2');
  drawn('new-1');
  jest.advanceTimersByTime(100);
  expect(held()).toHaveLength(2);
  drawn('new-2');
  jest.advanceTimersByTime(100);
  expect(held()).toEqual([]);
});

it('and for some seconds at most', () => {
  jest.advanceTimersByTime(2900);
  expect(held()).toHaveLength(2);
  jest.advanceTimersByTime(200);
  expect(held()).toEqual([]);
});

import type { ModeHost } from './host';
import { createStrokeTriageMode } from './strokeTriageMode';

const before = globalThis.innerWidth;
afterEach(() => {
  globalThis.innerWidth = before;
});

it.each([
  [1920, false],
  [1280, false],
  // 1600 px at 200 %.
  [800, true],
])('in a window of %p px, the images have the room: study browser closed is %p', (width, isClosed) => {
  globalThis.innerWidth = width;
  const host = { servicesManager: { services: { toolbarService: {} } } };
  const { props } = createStrokeTriageMode('mode', {}).routes[0].layoutTemplate(host as unknown as ModeHost);
  expect(props).toMatchObject({ leftPanelClosed: isClosed, leftPanelResizable: true });
});

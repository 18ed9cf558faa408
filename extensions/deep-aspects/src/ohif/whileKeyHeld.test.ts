/** @jest-environment jsdom */
import { whileKeyHeld } from './whileKeyHeld';

let calls: boolean[] = [];
let end = () => undefined as void;

beforeEach(() => {
  calls = [];
  end = whileKeyHeld('o', held => calls.push(held));
});
afterEach(() => {
  end();
  document.body.replaceChildren();
});

const send = (type: string, init: KeyboardEventInit, target: EventTarget = document.body) =>
  target.dispatchEvent(new KeyboardEvent(type, { bubbles: true, ...init }));

test('tells once that the key is held, however often it repeats, and once that it is let go', () => {
  send('keydown', { key: 'o' });
  send('keydown', { key: 'o', repeat: true });
  send('keyup', { key: 'O' });
  expect(calls).toEqual([true, false]);
});

test.each([{ shiftKey: true }, { ctrlKey: true }, { altKey: true }, { metaKey: true }])(
  'is another command with %j',
  modifier => {
    send('keydown', { key: 'o', ...modifier });
    expect(calls).toEqual([]);
  }
);

test('is text in a field', () => {
  const field = document.createElement('textarea');
  document.body.append(field);
  send('keydown', { key: 'o' }, field);
  expect(calls).toEqual([]);
});

test('is let go when the window loses the focus, and when it ends', () => {
  send('keydown', { key: 'o' });
  window.dispatchEvent(new Event('blur'));
  send('keydown', { key: 'o' });
  end();
  send('keydown', { key: 'o' });
  expect(calls).toEqual([true, false, true, false]);
});

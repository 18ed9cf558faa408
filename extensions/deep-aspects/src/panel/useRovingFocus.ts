import { useState, type KeyboardEvent } from 'react';

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * One tab stop for a group of controls, in which the arrow keys move (WAI-ARIA "roving tabindex"). Spread
 * what it gives for an index onto that control, and `onKeyDown` onto what holds them all.
 */
export function useRovingFocus(count: number) {
  const [current, setCurrent] = useState(0);
  const at = Math.min(current, count - 1);
  return {
    item: (index: number) => ({
      tabIndex: index === at ? 0 : -1,
      'data-roving': index,
      onFocus: () => setCurrent(index),
    }),
    onKeyDown: (event: KeyboardEvent) => {
      const to =
        { Home: 0, End: count - 1 }[event.key] ?? (event.key in STEPS ? at + STEPS[event.key] : null);
      if (to !== null) {
        event.preventDefault();
        const index = (to + count) % count;
        event.currentTarget.querySelector<HTMLElement | SVGElement>(`[data-roving="${index}"]`)?.focus();
      }
    },
  };
}

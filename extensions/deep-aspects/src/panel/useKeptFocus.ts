import { useLayoutEffect, useRef, type FocusEvent, type RefObject } from 'react';

/**
 * Keeps the keyboard where the reader is: when the control that had the focus is gone (a question answered, a
 * draft discarded, a computation ended), the focus goes to the reading, or to the panel where there is none,
 * and not to the top of the page. Spread `handlers` onto the panel, which must be focusable.
 */
export function useKeptFocus(panel: RefObject<HTMLElement | null>, reading: string) {
  const last = useRef<Element | null>(null);
  useLayoutEffect(() => {
    if (last.current && !last.current.isConnected && document.activeElement === document.body) {
      const home = panel.current?.querySelector<HTMLElement>(reading) ?? panel.current;
      home?.focus();
    }
  });
  return {
    onFocus: ({ target }: FocusEvent) => {
      last.current = target;
    },
    // A control that is taken away never says so.
    onBlur: () => {
      last.current = null;
    },
  };
}

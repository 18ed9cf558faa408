/** A key pressed in one of these is text or a choice, not a command. */
const TEXT_FIELDS = 'input:not([type=checkbox], [type=range]), textarea, select, [contenteditable=true]';

/**
 * Calls back when a key goes down, alone and outside of text fields, and when it goes up again: the host's
 * hotkeys know no holding. Losing the window counts as letting go. Returns what ends it, after letting go.
 */
export function whileKeyHeld(key: string, onChange: (held: boolean) => void): () => void {
  let held = false;
  const set = (now: boolean) => {
    if (held !== now) {
      held = now;
      onChange(now);
    }
  };
  const onDown = (event: KeyboardEvent) => {
    const isAlone = !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey;
    const inField = event.target instanceof Element && event.target.closest(TEXT_FIELDS) !== null;
    if (event.key.toLowerCase() === key && isAlone && !inField) {
      set(true);
    }
  };
  const onUp = (event: KeyboardEvent) => event.key.toLowerCase() === key && set(false);
  const onBlur = () => set(false);
  document.addEventListener('keydown', onDown, true);
  document.addEventListener('keyup', onUp, true);
  window.addEventListener('blur', onBlur);
  return () => {
    document.removeEventListener('keydown', onDown, true);
    document.removeEventListener('keyup', onUp, true);
    window.removeEventListener('blur', onBlur);
    set(false);
  };
}

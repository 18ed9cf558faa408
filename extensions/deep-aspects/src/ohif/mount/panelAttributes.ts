/** The panel's outermost element, whichever React draws what is in it: it scrolls within the room that the host gives. */
export const PANEL_ATTRIBUTES = {
  'data-cy': 'aspects-panel',
  style: { height: '100%', overflowY: 'auto' },
} as const;

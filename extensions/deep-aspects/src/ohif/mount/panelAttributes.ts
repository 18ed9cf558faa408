/**
 * The panel's outermost element, whichever React draws what is in it: a column, within the room that
 * the host gives.
 */
export const PANEL_ATTRIBUTES = {
  'data-cy': 'aspects-panel',
  style: { display: 'flex', flexDirection: 'column', height: '100%', overflowY: 'auto' },
} as const;

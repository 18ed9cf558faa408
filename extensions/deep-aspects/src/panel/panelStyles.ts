/**
 * The panel's style sheet, rendered into its own root: a plugin has no say in the host's style sheets. Text on background
 * has a contrast of at least 4.5:1. Sizes are in rem and the layout folds by the panel's own width, for narrow panels and
 * big zoom alike.
 */
export const panelStyles = `
.dasp-panel {
  --dasp-text: #f2f5f9; --dasp-soft: #b3c2d6; --dasp-card: #0c1a33; --dasp-line: #3a5378; --dasp-accent: #5acce6;
  --dasp-affected: #f5793a; --dasp-normal: #31476b; --dasp-error: #ffb4a8; --dasp-warning: #ffd479;
  container-type: inline-size; box-sizing: border-box; padding: 8px; color: var(--dasp-text); background: #050c1c;
  font-size: 0.8125rem; line-height: 1.4; font-family: Inter, system-ui, sans-serif; min-height: 100%;
}
.dasp-panel *, .dasp-panel *::before { box-sizing: border-box; }
.dasp-panel p, .dasp-panel h3, .dasp-panel h4, .dasp-panel dl, .dasp-panel dd, .dasp-panel ul, .dasp-panel figure { margin: 0; padding: 0; }
.dasp-panel ul { list-style: none; }
.dasp-panel section { margin-bottom: 8px; }
.dasp-card { background: var(--dasp-card); border: 1px solid #22365a; border-radius: 6px; padding: 8px; margin-bottom: 8px; }
.dasp-label { font-size: 0.75rem; font-weight: 600; color: var(--dasp-soft); margin: 4px 0 !important; }
.dasp-series { margin-bottom: 8px !important; overflow-wrap: anywhere; }
.dasp-hint, .dasp-research { color: var(--dasp-soft); font-size: 0.75rem; }
.dasp-research { border-top: 1px solid #22365a; padding-top: 6px !important; }
.dasp-sr-only { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.dasp-button, .dasp-panel select {
  font: inherit; color: var(--dasp-text); background: #1a2d50; border: 1px solid #6480a8; border-radius: 4px;
  padding: 5px 8px; cursor: pointer; min-height: 30px;
}
.dasp-button:hover { background: #27406e; }
.dasp-button:disabled, .dasp-button[aria-disabled='true'] { color: #8fa1ba; border-color: #3a5378; background: #10203d; cursor: default; }
.dasp-primary { background: #0f6f8f; border-color: var(--dasp-accent); font-weight: 600; }
.dasp-primary:hover { background: #0c5c77; }
.dasp-danger { background: #8c2f14; border-color: #ffb4a8; }
.dasp-wide { display: block; width: 100%; margin: 6px 0; min-height: 36px; }
.dasp-buttons { display: flex; flex-wrap: wrap; gap: 6px; margin: 6px 0; }
.dasp-buttons > * { flex: 1 1 auto; }
.dasp-panel button:focus-visible, .dasp-panel select:focus-visible, .dasp-panel input:focus-visible {
  outline: 3px solid #ffffff; outline-offset: 1px;
}
.dasp-field { display: flex; align-items: center; gap: 8px; min-height: 28px; flex-wrap: wrap; }
.dasp-field input[type='range'] { flex: 1 1 80px; min-width: 0; accent-color: var(--dasp-accent); }
.dasp-field input[type='checkbox'] { width: 16px; height: 16px; accent-color: var(--dasp-accent); }

.dasp-progress-track { height: 10px; border-radius: 5px; background: #22365a; overflow: hidden; }
.dasp-progress-bar { height: 100%; background: var(--dasp-accent); }
.dasp-progress-text { display: block; margin: 6px 0; }

.dasp-error { border-color: var(--dasp-error); color: var(--dasp-error); }
.dasp-error p { color: var(--dasp-text); }
.dasp-warning { color: var(--dasp-warning); border-left: 3px solid var(--dasp-warning); padding: 2px 0 2px 8px !important; margin-bottom: 4px !important; }
.dasp-confirm { border-color: var(--dasp-warning); }
.dasp-notice:empty { display: none; }
.dasp-notice { margin: 4px 0 !important; overflow-wrap: anywhere; }
.dasp-notice-error { color: var(--dasp-error); }
.dasp-draft { border-left: 3px solid var(--dasp-accent); }

.dasp-score-line { display: flex; align-items: center; gap: 10px; }
.dasp-score { font-size: 2.75rem; font-weight: 700; line-height: 1; }
.dasp-score-of { color: var(--dasp-soft); }
.dasp-facts { display: grid; grid-template-columns: minmax(70px, auto) 1fr; gap: 4px 10px; margin-top: 6px !important; }
.dasp-facts dt { color: var(--dasp-soft); }
.dasp-facts dd { overflow-wrap: anywhere; }
.dasp-meaning { display: block; color: var(--dasp-soft); font-size: 0.75rem; }
.dasp-about .dasp-facts { font-size: 0.75rem; }

.dasp-levels { display: flex; gap: 4px; justify-content: center; }
.dasp-levels svg { flex: 1 1 0; min-width: 0; max-width: 190px; }
.dasp-outline { fill: #0c1a33; stroke: #6480a8; stroke-width: 1; }
.dasp-midline { stroke: #6480a8; stroke-width: 0.6; stroke-dasharray: 3 2; }
.dasp-shape { cursor: pointer; }
.dasp-shape path { stroke: #9db4d3; stroke-width: 0.8; }
.dasp-normal path { fill: var(--dasp-normal); }
.dasp-missing path { fill: none; stroke-dasharray: 2 2; }
.dasp-fill-affected { fill: var(--dasp-affected); }
.dasp-hatch { stroke: #7a2c06; stroke-width: 1.6; }
.dasp-by-reader path { stroke: #ffffff; stroke-width: 2; }
.dasp-shape-selected path { stroke: var(--dasp-accent); stroke-width: 2.4; }
.dasp-shape-label { fill: #ffffff; font-size: 7.5px; font-weight: 700; text-anchor: middle; paint-order: stroke; stroke: #050c1c; stroke-width: 2px; pointer-events: none; }
.dasp-side-letter { fill: var(--dasp-text); font-size: 11px; font-weight: 700; }
.dasp-legend { display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 0.75rem; color: var(--dasp-soft); }
.dasp-key::before { content: ''; display: inline-block; width: 11px; height: 11px; margin-right: 5px; vertical-align: -1px; border: 1px solid #9db4d3; }
.dasp-key-affected::before { background: repeating-linear-gradient(45deg, var(--dasp-affected) 0 3px, #7a2c06 3px 4px); }
.dasp-key-normal::before { background: var(--dasp-normal); }
.dasp-key-reader::before { border: 2px solid #ffffff; }
.dasp-key-missing::before { border-style: dashed; }

.dasp-columns { display: grid; grid-template-columns: 1fr 1fr; gap: 6px; }
.dasp-side { font-size: 0.75rem; font-weight: 600; }
.dasp-region { display: flex; align-items: flex-start; gap: 2px; background: var(--dasp-card); border: 1px solid #22365a; border-left-width: 4px; border-radius: 4px; margin-bottom: 4px; min-height: 58px; cursor: pointer; }
.dasp-region[data-affected='true'] { border-left-color: var(--dasp-affected); }
.dasp-region:hover, .dasp-selected { background: #172c52; }
.dasp-selected { border-color: var(--dasp-accent); }
.dasp-jump { flex: 1 1 auto; min-width: 0; font: inherit; color: inherit; text-align: left; background: none; border: 0; padding: 4px 0 4px 6px; cursor: pointer; }
.dasp-jump span { display: block; overflow-wrap: anywhere; }
.dasp-region-name { font-weight: 600; }
.dasp-region-reading { font-size: 0.75rem; }
.dasp-region[data-affected='true'] .dasp-region-reading { color: #ffb086; font-weight: 600; }
.dasp-region-figures { font-size: 0.6875rem; color: var(--dasp-soft); font-variant-numeric: tabular-nums; }
.dasp-region-tools { display: flex; flex-direction: column; align-items: flex-end; gap: 4px; padding: 5px; }
.dasp-switch { width: 32px; height: 18px; border-radius: 9px; border: 1px solid #9db4d3; background: #22365a; padding: 0; position: relative; cursor: pointer; }
.dasp-switch[aria-checked='true'] { background: var(--dasp-affected); border-color: #ffd0b5; }
.dasp-knob { position: absolute; top: 2px; left: 2px; width: 12px; height: 12px; border-radius: 50%; background: #ffffff; }
.dasp-switch[aria-checked='true'] .dasp-knob { left: 16px; }
.dasp-undo { font: inherit; font-size: 0.6875rem; color: var(--dasp-accent); background: none; border: 0; padding: 2px; text-decoration: underline; cursor: pointer; }

@container (max-width: 250px) {
  .dasp-columns, .dasp-facts { grid-template-columns: 1fr; }
  .dasp-levels { flex-direction: column; align-items: center; }
}
@media (forced-colors: active) {
  .dasp-switch[aria-checked='true'] { background: Highlight; }
}
`;

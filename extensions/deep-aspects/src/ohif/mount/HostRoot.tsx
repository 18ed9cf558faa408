import type { ReactNode } from 'react';
import { PANEL_ATTRIBUTES } from './panelAttributes';
import { PanelBoundary } from './PanelBoundary';

/** Wraps content for a host whose React this bundle shares: it renders in the host's own tree. */
export function inHostRoot(render: () => ReactNode) {
  return function HostRoot() {
    return (
      <div {...PANEL_ATTRIBUTES}>
        <PanelBoundary>{render()}</PanelBoundary>
      </div>
    );
  };
}

import { Component, createRef, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { PANEL_ATTRIBUTES } from './panelAttributes';
import { PanelBoundary } from './PanelBoundary';

/**
 * Wraps content for a host that brings its own copy of React. The host renders only the outer `div`; the
 * content lives in a root of the React that this bundle holds, so its hooks work and an error in it cannot
 * take the viewer down. A class, since a function component with hooks would run against the wrong React.
 */
export function inOwnRoot(render: () => ReactNode) {
  return class OwnRoot extends Component {
    private readonly container = createRef<HTMLDivElement>();
    private root: Root | null = null;

    override componentDidMount() {
      if (this.container.current) {
        this.root = createRoot(this.container.current);
        this.root.render(<PanelBoundary>{render()}</PanelBoundary>);
      }
    }

    override componentWillUnmount() {
      const root = this.root;
      this.root = null;
      // A root must not be unmounted while another React is rendering.
      setTimeout(() => root?.unmount(), 0);
    }

    override render() {
      return <div ref={this.container} {...PANEL_ATTRIBUTES} />;
    }
  };
}

import { Component, type ReactNode } from 'react';

interface State {
  readonly message: string | null;
}

/** Shows one sentence in place of a panel that failed to render. */
export class PanelBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (this.state.message === null) {
      return this.props.children;
    }
    return (
      <p role="alert" data-cy="aspects-panel-failure" style={{ padding: 12, color: '#ffb4a8', fontSize: 13 }}>
        The ASPECTS panel stopped because of an error ({this.state.message}). The images are not affected;
        reload the page to use the panel again.
      </p>
    );
  }
}

/** @jest-environment jsdom */
import { act, cleanup, render, screen } from '@testing-library/react';
import { createObservableStore } from '../../session/observableStore';
import { INITIAL_STATE, type AspectsState } from '../../session/state';
import { fakeDraft } from '../../session/testing/fakeDraft';
import { InstallationNotices } from './InstallationNotices';

afterEach(cleanup);

test('what might be better is told until there is a result; what must be mended stays', async () => {
  const store = createObservableStore<AspectsState>(INITIAL_STATE);
  const check = async () => [
    { code: 'NO_WEBGPU', severity: 'hint', message: 'Slow.' } as const,
    { code: 'ASSETS_MISSING', severity: 'error', message: 'Mend it.' } as const,
  ];
  render(
    <InstallationNotices check={check} watch={store}>
      the panel
    </InstallationNotices>
  );
  await screen.findByText('Slow.');
  act(() => store.update({ draft: fakeDraft() }));
  expect(screen.queryByText('Slow.')).toBeNull();
  expect(screen.queryByText('Mend it.')).not.toBeNull();
  act(() => store.update({ draft: null }));
  expect(screen.queryByText('Slow.')).not.toBeNull();
});

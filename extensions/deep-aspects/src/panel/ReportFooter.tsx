import type { Provider } from '@deep-aspects/aspects/scoring';
import { translate } from '../i18n/translate';
import type { Notice, StoreState } from '../session/state';
import { NoticeLine } from './NoticeLine';
import type { RunCommand } from './runCommand';

interface Props {
  readonly provider: Provider;
  readonly store: StoreState;
  readonly notice: Notice | null;
  readonly run: RunCommand;
}

/** What ends a reading, always in sight: store, copy, and how that went. */
export function ReportFooter({ provider, store, notice, run }: Props) {
  return (
    <footer className="dasp-footer">
      <div className="dasp-footer-buttons">
        <button
          type="button"
          className="dasp-button dasp-primary"
          data-cy="aspects-store"
          aria-disabled={store.phase === 'storing'}
          onClick={() => store.phase !== 'storing' && run('storeAspectsReport')}
        >
          {translate('report.store')}
        </button>
        <button
          type="button"
          className="dasp-button"
          data-cy="aspects-copy"
          onClick={() => run('copyAspectsReport')}
        >
          {translate('report.copy')}
        </button>
      </div>
      <StoreMessage store={store} />
      <NoticeLine notice={notice} />
      <p className="dasp-research">
        {translate('panel.researchOnly')} {translate('about.provider')}{' '}
        <span data-cy="aspects-provider">{translate(`provider.${provider}`)}</span>
      </p>
    </footer>
  );
}

function storeText(store: StoreState): string {
  switch (store.phase) {
    case 'idle':
      return '';
    case 'storing':
      return translate('report.storing', { percent: Math.round(store.percent) });
    default:
      return store.message;
  }
}

function StoreMessage({ store }: { store: StoreState }) {
  return (
    <p
      role={store.phase === 'failed' ? 'alert' : 'status'}
      data-cy="aspects-store-message"
      data-phase={store.phase}
      className={store.phase === 'failed' ? 'dasp-notice dasp-notice-error' : 'dasp-notice'}
    >
      {storeText(store)}
    </p>
  );
}

import { useState } from 'react';
import { translate } from '../i18n/translate';
import type { ReportFormat } from '../session/reportPort';
import type { StoreState } from '../session/state';
import type { RunCommand } from './runCommand';

const FORMATS: readonly ReportFormat[] = ['text', 'json', 'csv', 'png'];

interface Props {
  readonly store: StoreState;
  readonly run: RunCommand;
}

/** The ways out: text, files, DICOM objects in the PACS. */
export function ReportActions({ store, run }: Props) {
  const [format, setFormat] = useState<ReportFormat>('json');
  const [anonymous, setAnonymous] = useState(false);
  return (
    <section className="dasp-card" aria-label={translate('report.title')}>
      <h3 className="dasp-label">{translate('report.title')}</h3>
      <div className="dasp-buttons">
        <button
          type="button"
          className="dasp-button"
          data-cy="aspects-copy"
          onClick={() => run('copyAspectsReport')}
        >
          {translate('report.copy')}
        </button>
        <button
          type="button"
          className="dasp-button"
          data-cy="aspects-copy-short"
          onClick={() => run('copyAspectsReport', { length: 'short' })}
        >
          {translate('report.copyShort')}
        </button>
      </div>
      <div className="dasp-buttons">
        <select
          aria-label={translate('report.format')}
          data-cy="aspects-format"
          value={format}
          onChange={event => setFormat(event.target.value as ReportFormat)}
        >
          {FORMATS.map(one => (
            <option key={one} value={one}>
              {translate(`format.${one}`)}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="dasp-button"
          data-cy="aspects-download"
          onClick={() => run('downloadAspectsReport', { format, anonymous })}
        >
          {translate('report.download')}
        </button>
      </div>
      <label className="dasp-field">
        <input
          type="checkbox"
          data-cy="aspects-anonymous"
          checked={anonymous}
          onChange={event => setAnonymous(event.target.checked)}
        />
        {translate('report.anonymous')}
      </label>
      <button
        type="button"
        className="dasp-button dasp-primary dasp-wide"
        data-cy="aspects-store"
        aria-disabled={store.phase === 'storing'}
        onClick={() => store.phase !== 'storing' && run('storeAspectsReport')}
      >
        {translate('report.store')}
      </button>
      <StoreMessage store={store} />
    </section>
  );
}

function StoreMessage({ store }: { store: StoreState }) {
  const text =
    store.phase === 'storing'
      ? translate('report.storing', { percent: Math.round(store.percent) })
      : store.phase === 'idle'
        ? ''
        : store.message;
  return (
    <p
      role={store.phase === 'failed' ? 'alert' : 'status'}
      data-cy="aspects-store-message"
      data-phase={store.phase}
      className={store.phase === 'failed' ? 'dasp-notice dasp-notice-error' : 'dasp-notice'}
    >
      {text}
    </p>
  );
}

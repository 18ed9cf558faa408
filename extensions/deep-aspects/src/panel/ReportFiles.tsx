import { useState } from 'react';
import { REPORT_FORMATS, type ReportFormat } from '@deep-aspects/aspects/report';
import { translate } from '../i18n/translate';
import type { RunCommand } from './runCommand';

const FORMATS = Object.keys(REPORT_FORMATS) as ReportFormat[];

/** The report as a file, with or without identifiers, and as one line of text. */
export function ReportFiles({ run }: { run: RunCommand }) {
  const [format, setFormat] = useState<ReportFormat>('json');
  const [anonymous, setAnonymous] = useState(false);
  return (
    <>
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
        <button
          type="button"
          className="dasp-button"
          data-cy="aspects-copy-short"
          onClick={() => run('copyAspectsReport', { length: 'short' })}
        >
          {translate('report.copyShort')}
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
    </>
  );
}

import { supportedLanguage, translate } from '../i18n/translate';
import type { RefusalNotice } from '../session/state';

/** Refused: why, and what to do. In English the engine's own sentence says more than the general one. */
export function RefusedView({ refusal }: { refusal: RefusalNotice }) {
  const { code, message } = refusal;
  return (
    <div className="dasp-card dasp-error" role="alert" data-cy="aspects-error" data-code={code}>
      <h3>{translate('refused.title')}</h3>
      <p>{supportedLanguage() === 'en' && code !== 'UNKNOWN' ? message : translate(`refusal.${code}`)}</p>
      <p className="dasp-hint">
        {code}
        {code === 'UNKNOWN' && `: ${message}`}
      </p>
    </div>
  );
}

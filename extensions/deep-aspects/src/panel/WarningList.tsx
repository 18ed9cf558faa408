import type { QualityWarning } from '@deep-aspects/aspects/series';
import { supportedLanguage, translate } from '../i18n/translate';

/** Quality warnings. In English the engine's own sentence, which may name numbers. */
export function WarningList({ warnings }: { warnings: readonly QualityWarning[] }) {
  if (warnings.length === 0) {
    return null;
  }
  return (
    <section aria-label={translate('warnings.title')}>
      <h3 className="dasp-label">{translate('warnings.title')}</h3>
      <ul className="dasp-warnings">
        {warnings.map(({ code, message }) => (
          <li key={code} className="dasp-warning" data-cy="aspects-warning" data-code={code}>
            {supportedLanguage() === 'en' ? message : translate(`warning.${code}`)}
          </li>
        ))}
      </ul>
    </section>
  );
}

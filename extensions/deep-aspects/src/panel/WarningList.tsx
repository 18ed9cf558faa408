import type { QualityWarning } from '@deep-aspects/aspects/series';
import { supportedLanguage, translate } from '../i18n/translate';

/** Quality warnings. In English the engine's own sentence, which may name numbers; elsewhere one sentence a code. */
export function WarningList({ warnings }: { warnings: readonly QualityWarning[] }) {
  if (warnings.length === 0) {
    return null;
  }
  const shown = new Map(
    warnings.map(({ code, message }) => [
      supportedLanguage() === 'en' ? message : translate(`warning.${code}`),
      code,
    ])
  );
  return (
    <section aria-label={translate('warnings.title')}>
      <h3 className="dasp-label">{translate('warnings.title')}</h3>
      <ul className="dasp-warnings">
        {[...shown].map(([sentence, code]) => (
          <li key={sentence} className="dasp-warning" data-cy="aspects-warning" data-code={code}>
            {sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}

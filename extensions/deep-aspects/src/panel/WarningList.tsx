import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { supportedLanguage, translate } from '../i18n/translate';

/** Told in the place of the score until it is dismissed. */
const TOLD_BY_ALERT = 'HEMORRHAGE_SUSPECTED';

/** Quality warnings. In English the engine's own sentence, which may name numbers; elsewhere one sentence a code. */
export function WarningList({ result }: { result: AspectsResult }) {
  const warnings = result.warnings.filter(
    ({ code }) => !(code === TOLD_BY_ALERT && result.haemorrhage.suspected)
  );
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

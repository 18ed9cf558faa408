import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { supportedLanguage, translate } from '../i18n/translate';

/** Told in the place of the score until it is dismissed. */
const TOLD_BY_ALERT = 'HEMORRHAGE_SUSPECTED';

/**
 * Quality warnings, a line a code, so that however many leave the drawing its room; unfolded, the reasons. In
 * English the engine's own sentences, which may name numbers; elsewhere one sentence a code.
 */
export function WarningList({ result }: { result: AspectsResult }) {
  const warnings = result.warnings.filter(
    ({ code }) => !(code === TOLD_BY_ALERT && result.haemorrhage.suspected)
  );
  if (warnings.length === 0) {
    return null;
  }
  const isEnglish = supportedLanguage() === 'en';
  const codes = [...new Set(warnings.map(({ code }) => code))];
  const reasonsOf = (code: (typeof codes)[number]) =>
    isEnglish
      ? warnings.filter(warning => warning.code === code).map(({ message }) => message)
      : [translate(`warning.${code}`)];
  return (
    <section className="dasp-warnings" aria-label={translate('warnings.title')}>
      {codes.map(code => (
        <details key={code} className="dasp-warning">
          <summary data-cy={`aspects-unfold-warning-${code}`}>{translate(`warningShort.${code}`)}</summary>
          {reasonsOf(code).map(sentence => (
            <p key={sentence} data-cy="aspects-warning" data-code={code}>
              {sentence}
            </p>
          ))}
        </details>
      ))}
    </section>
  );
}

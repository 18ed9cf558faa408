import { translate } from '../i18n/translate';
import type { Notice } from '../session/state';

/**
 * What was just done, read aloud when it appears. The line is always there: a live region must exist
 * before its text.
 */
export function NoticeLine({ notice }: { notice: Notice | null }) {
  return (
    <p
      role="status"
      aria-live="polite"
      data-cy="aspects-notice"
      className={notice?.tone === 'error' ? 'dasp-notice dasp-notice-error' : 'dasp-notice'}
    >
      {notice ? translate(notice.key, notice.values) : ''}
    </p>
  );
}

import { useLayoutEffect, useRef } from 'react';
import { translate } from '../i18n/translate';
import type { Confirmation } from '../session/state';
import type { RunCommand } from './runCommand';

/**
 * Asks before a reader's work is lost. The safe answer has the focus, and Escape gives it; then the focus is
 * where it was before.
 */
export function ConfirmationBar({ confirmation, run }: { confirmation: Confirmation; run: RunCommand }) {
  const keep = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    keep.current?.focus();
    return () => {
      if (before instanceof HTMLElement) {
        before.focus();
      }
    };
  }, [confirmation]);
  return (
    <div
      role="alertdialog"
      className="dasp-card dasp-confirm"
      data-cy="aspects-confirm"
      aria-label={translate('confirm.title')}
      aria-describedby="dasp-confirm-text"
      onKeyDown={event => event.key === 'Escape' && run('answerAspectsConfirmation', { yes: false })}
    >
      <p id="dasp-confirm-text">{translate(`confirm.${confirmation.kind}`)}</p>
      <div className="dasp-buttons">
        <button
          type="button"
          ref={keep}
          className="dasp-button"
          data-cy="aspects-confirm-no"
          onClick={() => run('answerAspectsConfirmation', { yes: false })}
        >
          {translate('confirm.no')}
        </button>
        <button
          type="button"
          className="dasp-button dasp-danger"
          data-cy="aspects-confirm-yes"
          onClick={() => run('answerAspectsConfirmation', { yes: true })}
        >
          {translate('confirm.yes')}
        </button>
      </div>
    </div>
  );
}

import { currentLanguage, translate } from '../i18n/translate';
import type { Draft } from '../session/state';
import type { RunCommand } from './runCommand';

function timeOf(iso: string): string {
  return new Date(iso).toLocaleString(currentLanguage(), { dateStyle: 'short', timeStyle: 'short' });
}

function originOf({ fromArchive, result }: Draft, storedAt: string): string {
  const { name, version } = result.software;
  return fromArchive
    ? translate('result.fromArchive', { time: timeOf(storedAt), software: `${name} ${version}` })
    : translate('result.stored', { time: timeOf(storedAt) });
}

function changesOf({ overrides, infarctEdited, result }: Draft): number {
  return overrides.length + Number(infarctEdited) + Number(result.haemorrhage.excludedByReader ?? false);
}

/** Whether the result is a draft, where it came from, and a way to be rid of it. */
export function DraftLine({ draft, run }: { draft: Draft; run: RunCommand }) {
  const changes = changesOf(draft);
  if (!draft.unsaved && !draft.restoredFrom && !draft.storedAt) {
    return null;
  }
  return (
    <div className="dasp-draft" data-cy="aspects-draft" data-unsaved={draft.unsaved}>
      <div>
        {draft.storedAt && <p>{originOf(draft, draft.storedAt)}</p>}
        {draft.restoredFrom && <p>{translate('result.restored', { time: timeOf(draft.restoredFrom) })}</p>}
        {draft.unsaved && (
          <p>
            {changes === 1 ? translate('result.draftOfOne') : translate('result.draft', { count: changes })}
          </p>
        )}
      </div>
      <button
        type="button"
        className="dasp-button dasp-small"
        data-cy="aspects-discard"
        title={translate('result.discardHint')}
        onClick={() => run('discardAspectsDraft')}
      >
        {translate(draft.storedAt ? 'result.close' : 'result.discard')}
      </button>
    </div>
  );
}

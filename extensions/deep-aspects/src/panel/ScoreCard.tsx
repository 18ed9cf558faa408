import { useEffect, useRef, type CSSProperties } from 'react';
import { isScoreSuspended } from '@deep-aspects/aspects/report';
import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { translate } from '../i18n/translate';
import type { Draft } from '../session/state';
import { HaemorrhageAlert } from './HaemorrhageAlert';
import { InfarctFacts } from './InfarctFacts';
import { affectedBySide, changedByReader } from './readingWords';
import type { RunCommand } from './runCommand';

interface Props {
  readonly draft: Draft;
  readonly rescoring: boolean;
  /** The result has just been computed: the focus goes to it. */
  readonly takeFocus: boolean;
  readonly run: RunCommand;
}

/** The reading at one glance: score of both sides, affected regions, infarct, what the reader changed. */
export function ScoreCard({ draft, rescoring, takeFocus, run }: Props) {
  const { result } = draft;
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takeFocus) {
      card.current?.focus();
    }
  }, [takeFocus]);
  const changes = changedByReader(result);
  const isSuspended = isScoreSuspended(result);
  return (
    <section
      ref={card}
      tabIndex={-1}
      className="dasp-card dasp-score-card"
      aria-label={translate('result.title')}
      aria-busy={rescoring}
    >
      <p className="dasp-sr-only" role="status">
        {rescoring ? translate('result.rescoring') : announcement(result)}
      </p>
      {isSuspended ? <HaemorrhageAlert result={result} run={run} /> : <Score result={result} />}
      {changes !== '' && (
        <p className="dasp-reader-changes" data-cy="aspects-reader-changes">
          {translate('reading.changed', { changes })}
        </p>
      )}
      {draft.infarctEdited && <p className="dasp-reader-changes">{translate('result.maskEdited')}</p>}
      <InfarctFacts result={result} />
    </section>
  );
}

function announcement(result: AspectsResult): string {
  return isScoreSuspended(result)
    ? translate('haemorrhage.title')
    : translate('result.announce', {
        score: result.score,
        side: translate(`side.${result.affectedSide}`),
      });
}

function Score({ result }: { result: AspectsResult }) {
  const { score, affectedSide, bin, hemispheres } = result;
  const affected = affectedBySide(result);
  return (
    <>
      <div className="dasp-score-line">
        <span className="dasp-score" data-cy="aspects-score" data-score={score}>
          {score}
        </span>
        <span className="dasp-of-ten">{translate('result.ofTen')}</span>
        <dl className="dasp-score-facts">
          <dt className="dasp-sr-only">{translate('result.side')}</dt>
          <dd className="dasp-side-name" data-cy="aspects-side" data-side={affectedSide}>
            {translate(`side.${affectedSide}`)}
          </dd>
          <dt className="dasp-sr-only">{translate('result.bothSides')}</dt>
          <dd>
            {translate('result.hemispheres', {
              right: hemispheres.right.score,
              left: hemispheres.left.score,
            })}
          </dd>
          <dt className="dasp-sr-only">{translate('result.bin')}</dt>
          <dd className="dasp-soft">
            {translate('result.binName')}{' '}
            <span data-cy="aspects-bin" data-bin={bin}>
              {translate(`bin.${bin}`)}
            </span>
          </dd>
        </dl>
      </div>
      <div className="dasp-affected-line" data-cy="aspects-affected">
        {affected.length === 0
          ? translate('reading.none')
          : affected.map(one => <AffectedLine key={one.side} {...one} />)}
      </div>
    </>
  );
}

/**
 * The affected regions of a side by the letters that stand in drawing and images: ten names would take three
 * lines. White and framed where the reader decided, as on the images; named in full to who hears them.
 */
function AffectedLine({ side, regions, names }: ReturnType<typeof affectedBySide>[number]) {
  return (
    <p style={{ '--regions': regions.length } as CSSProperties}>
      <strong>{translate(`side.${side}`)}</strong>
      <span className="dasp-sr-only">{names}</span>
      {regions.map(({ id, source }) => (
        <span key={id} aria-hidden="true" title={translate(`regionFull.${id}`)} data-source={source}>
          {id}
        </span>
      ))}
    </p>
  );
}

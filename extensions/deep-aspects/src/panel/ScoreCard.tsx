import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { translate } from '../i18n/translate';

/** Score, side, group with its meaning, infarct volume. */
export function ScoreCard({ result, rescoring }: { result: AspectsResult; rescoring: boolean }) {
  const { score, affectedSide, bin, hemispheres, infarct } = result;
  const side = translate(`side.${affectedSide}`);
  return (
    <div className="dasp-card dasp-score-card" aria-busy={rescoring}>
      <p className="dasp-sr-only" role="status">
        {rescoring ? translate('result.rescoring') : translate('result.announce', { score, side })}
      </p>
      <div className="dasp-score-line">
        <span className="dasp-score" data-cy="aspects-score" data-score={score}>
          {score}
        </span>
        <span className="dasp-score-of">
          {translate('result.of')}
          <br />
          {translate('result.hemispheres', { right: hemispheres.right.score, left: hemispheres.left.score })}
        </span>
      </div>
      <dl className="dasp-facts">
        <dt>{translate('result.side')}</dt>
        <dd data-cy="aspects-side" data-side={affectedSide}>
          {side}
        </dd>
        <dt>{translate('result.bin')}</dt>
        <dd>
          <strong data-cy="aspects-bin" data-bin={bin}>
            {translate(`bin.${bin}`)}
          </strong>
          <span className="dasp-meaning">{translate(`binMeaning.${bin}`)}</span>
        </dd>
        <dt>{translate('result.infarct')}</dt>
        <dd>
          <strong data-cy="aspects-infarct-volume">
            {translate('region.infarct', { volume: infarct.volumeMl.toFixed(1) })}
          </strong>
          <span className="dasp-meaning">
            {translate('result.ofTerritory', { percent: Math.round(infarct.fractionOfMca * 100) })}
            {infarct.outsideMcaMl >= 0.05 && (
              <>
                <br />
                {translate('result.outside', { volume: infarct.outsideMcaMl.toFixed(1) })}
              </>
            )}
          </span>
        </dd>
      </dl>
    </div>
  );
}

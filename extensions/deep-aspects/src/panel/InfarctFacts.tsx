import { percentOf, WORTH_ANNOUNCING_ML, WORTH_SAYING_ML } from '@deep-aspects/aspects/report';
import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { formatNumber } from '../i18n/formatNumber';
import { translate, type WordKey } from '../i18n/translate';

/**
 * Infarct in numbers: acute or old as the networks say, what lies outside the ASPECTS regions, what
 * is not assessed.
 */
export function InfarctFacts({ result }: { result: AspectsResult }) {
  const { infarct, oldInfarct, haemorrhage, affectedSide } = result;
  const outside = {
    volume: formatNumber(infarct.outsideMcaMl),
  };
  const isAnnounced =
    infarct.outsideMcaMl >= WORTH_ANNOUNCING_ML &&
    (affectedSide === 'none' || infarct.outsideMcaMl > infarct.mcaMl);
  return (
    <>
      {isAnnounced && (
        <p className="dasp-warning" data-cy="aspects-outside-mca">
          {translate(oldInfarct ? 'infarct.outsideAcute' : 'infarct.outside', outside)}
        </p>
      )}
      <dl className="dasp-volumes">
        <Volume
          infarctClass={1}
          name={translate(nameOf(result))}
          volumeMl={infarct.volumeMl}
          handle="aspects-infarct-volume"
          remark={[
            // Of the worse side: none of it where a reader calls the other side worse.
            infarct.fractionOfMca > 0 &&
              translate('infarct.ofTerritory', { percent: percentOf(infarct.fractionOfMca) }),
            !isAnnounced && infarct.outsideMcaMl >= WORTH_SAYING_ML && partOutside(infarct),
          ]}
        />
        {oldInfarct && oldInfarct.volumeMl >= WORTH_SAYING_ML && (
          <Volume
            infarctClass={2}
            name={translate('infarct.old')}
            volumeMl={oldInfarct.volumeMl}
            handle="aspects-old-infarct-volume"
            remark={[translate('infarct.notCounted')]}
          />
        )}
        {haemorrhage.volumeMl >= WORTH_ANNOUNCING_ML && !haemorrhage.suspected && (
          <Volume
            infarctClass={3}
            name={translate('infarct.hyperdense')}
            volumeMl={haemorrhage.volumeMl}
            handle="aspects-haemorrhage-volume"
            remark={[]}
          />
        )}
      </dl>
      <p className="dasp-hint">{translate('infarct.posteriorFossa')}</p>
    </>
  );
}

function partOutside({ mcaMl, outsideMcaMl }: AspectsResult['infarct']): string {
  return mcaMl < WORTH_SAYING_ML
    ? translate('infarct.allOutside')
    : translate('infarct.partOutside', { volume: formatNumber(outsideMcaMl) });
}

/** What is not there has no age. */
function nameOf({ infarct, oldInfarct }: AspectsResult): WordKey {
  if (oldInfarct) {
    return 'infarct.acute';
  }
  return infarct.volumeMl >= WORTH_SAYING_ML ? 'infarct.undated' : 'infarct.hypodensity';
}

interface VolumeProps {
  readonly infarctClass: 1 | 2 | 3;
  readonly name: string;
  readonly volumeMl: number;
  readonly handle: string;
  readonly remark: readonly (string | false)[];
}

function Volume({ infarctClass, name, volumeMl, handle, remark }: VolumeProps) {
  return (
    <div>
      <dt className={`dasp-class dasp-class-${infarctClass}`}>{name}</dt>
      <dd>
        <strong data-cy={handle}>{translate('region.infarct', { volume: formatNumber(volumeMl) })}</strong>
      </dd>
      <dd className="dasp-soft">{remark.filter(Boolean).join(', ')}</dd>
    </div>
  );
}

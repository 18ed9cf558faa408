import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { formatNumber } from '../i18n/formatNumber';
import { translate } from '../i18n/translate';

/** Provider, time and networks of the result. */
export function AboutComputation({ result }: { result: AspectsResult }) {
  const { runtime, models, software } = result;
  const seconds = formatNumber(runtime.timingsMs.total / 1000);
  return (
    <div className="dasp-about">
      <dl className="dasp-facts">
        <dt>{translate('about.provider')}</dt>
        <dd>{`${translate(`provider.${runtime.provider}`)}, ${translate('about.time', { seconds })}`}</dd>
        {models.map(({ task, name, version, sha256 }) => (
          <ModelLine
            key={task}
            label={translate(`about.task.${task}`)}
            model={`${name} ${version}`}
            hash={sha256}
          />
        ))}
      </dl>
      <p className="dasp-hint">{`${software.name} ${software.version}`}</p>
    </div>
  );
}

function ModelLine({ label, model, hash }: { label: string; model: string; hash: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd title={hash}>{model}</dd>
    </>
  );
}

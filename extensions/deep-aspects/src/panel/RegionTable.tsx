import { ASPECTS_REGIONS, type AspectsResult, type Level, type Side } from '@deep-aspects/aspects/scoring';
import { translate } from '../i18n/translate';
import { regionOf, sameRegion } from '../session/overrides';
import type { RegionRef } from '../session/state';
import { RegionRow } from './RegionRow';
import type { RunCommand } from './runCommand';

const LEVELS: readonly Level[] = ['ganglionic', 'supraganglionic'];
/** As on the images: the patient's right comes first. */
const COLUMNS: readonly Side[] = ['right', 'left'];

interface Props {
  readonly result: AspectsResult;
  readonly selected: RegionRef | null;
  readonly run: RunCommand;
}

/** The twenty regions, by level, the patient's right next to the left. */
export function RegionTable({ result, selected, run }: Props) {
  return (
    <section aria-label={translate('regions.title')}>
      {LEVELS.map(level => (
        <div key={level}>
          <h3 className="dasp-label">{translate(`regions.${level}`)}</h3>
          <div className="dasp-columns">
            {COLUMNS.map(side => (
              <div key={side}>
                <h4 className="dasp-side">{translate(`regions.${side}`)}</h4>
                <ul className="dasp-regions">
                  {ASPECTS_REGIONS.filter(region => region.level === level).map(({ id }) => {
                    const region = regionOf(result, { side, region: id });
                    return (
                      region && (
                        <RegionRow
                          key={id}
                          side={side}
                          region={region}
                          selected={selected !== null && sameRegion(selected, { side, region: id })}
                          run={run}
                        />
                      )
                    );
                  })}
                </ul>
              </div>
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}

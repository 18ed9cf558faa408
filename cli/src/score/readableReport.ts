import { isScoreSuspended, renderReportText } from '@deep-aspects/aspects/report';
import { ASPECTS_REGIONS, type AspectsResult, type RegionResult, SIDES } from '@deep-aspects/aspects/scoring';

/**
 * The report's text, then a table of the regions (figures alone as long as the score is suspended) and what
 * it was computed with.
 */
export function readableReport(result: AspectsResult): string {
  const { runtime, models } = result;
  const isScored = !isScoreSuspended(result);
  const seconds = (runtime.timingsMs.total / 1000).toFixed(1);
  return [
    renderReportText(result, { form: 'long', language: 'en' }),
    '',
    'Region              Left                        Right',
    ...ASPECTS_REGIONS.map((region, index) => {
      const cells = SIDES.map(side => cell(result.hemispheres[side].regions[index], isScored).padEnd(28));
      return `${region.name.padEnd(20)}${cells.join('')}`.trimEnd();
    }),
    '',
    `Series ${result.series.seriesInstanceUID}, ${result.series.sliceCount} slices`,
    `Networks: ${models.map(({ name, version }) => `${name} ${version}`).join(', ')}; ${runtime.provider}, ${seconds} s`,
    '',
  ].join('\n');
}

function cell(
  { affected, infarctMl, volumeMl, meanHu, contralateralMeanHu }: RegionResult,
  isScored: boolean
): string {
  if (volumeMl === 0) {
    return 'not in the scan';
  }
  const difference = meanHu === null || contralateralMeanHu === null ? null : meanHu - contralateralMeanHu;
  const hu = difference === null ? '' : `, ${difference >= 0 ? '+' : ''}${difference.toFixed(1)} HU`;
  return `${affected && isScored ? 'AFFECTED' : '-       '} ${infarctMl.toFixed(1)} ml${hu}`;
}

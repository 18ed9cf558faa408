import type { AspectsResult, RegionResult } from '../../scoring/aspects/aspectsResult';
import { SIDES, type Side } from '../../scoring/aspects/regions';

type Cell = string | number | boolean | null;

/** Columns in order: what the whole result says, then what is the region's own. Units are in the names. */
const COLUMNS: readonly (readonly [
  string,
  (result: AspectsResult, side: Side, region: RegionResult) => Cell,
])[] = [
  ['study_instance_uid', result => result.series.studyInstanceUID],
  ['series_instance_uid', result => result.series.seriesInstanceUID],
  ['created_at', result => result.createdAt],
  ['score', result => result.score],
  ['affected_side', result => result.affectedSide],
  ['bin', result => result.bin],
  ['haemorrhage_suspected', result => result.haemorrhage.suspected],
  ['infarct_volume_ml', result => result.infarct.volumeMl],
  ['infarct_mca_ml', result => result.infarct.mcaMl],
  ['infarct_fraction_of_mca', result => result.infarct.fractionOfMca],
  ['side', (_, side) => side],
  ['side_score', (result, side) => result.hemispheres[side].score],
  ['region', (_, __, region) => region.id],
  ['level', (_, __, region) => region.level],
  ['affected', (_, __, region) => region.affected],
  ['source', (_, __, region) => region.source],
  ['model_affected', (_, __, region) => region.modelAffected],
  ['volume_ml', (_, __, region) => region.volumeMl],
  ['infarct_ml', (_, __, region) => region.infarctMl],
  ['infarct_fraction', (_, __, region) => region.infarctFraction],
  ['mean_hu', (_, __, region) => region.meanHu],
  ['contralateral_mean_hu', (_, __, region) => region.contralateralMeanHu],
  ['key_slice', (_, __, region) => region.keySlice],
];

/**
 * One row per region and side (RFC 4180, `\r\n`, decimal point), with the values of the whole result
 * repeated in each.
 */
export function reportCsv(result: AspectsResult): string {
  const rows = SIDES.flatMap(side =>
    result.hemispheres[side].regions.map(region => COLUMNS.map(([, cellOf]) => cellOf(result, side, region)))
  );
  return [COLUMNS.map(([name]) => name), ...rows]
    .map(cells => `${cells.map(csvCell).join(',')}\r\n`)
    .join('');
}

/** Text that begins like a formula is kept from being one in a spreadsheet. */
function csvCell(cell: Cell): string {
  if (cell === null) {
    return '';
  }
  const text = typeof cell === 'string' && /^[=+\-@\t]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

import { join } from 'node:path';
import {
  buildReport,
  fhirJson,
  reportObstacle,
  type SourceAttributes,
  sourceAttributesOfDataSet,
} from '@deep-aspects/aspects/report';
import type { ScoredSeries } from '@deep-aspects/aspects/scoring';
import { type HeadCtSeries, instanceOfFrame } from '@deep-aspects/aspects/series';
import { readDicomHeader } from '../dicom/dicomFile';
import { ownFileAt } from '../output/foundAt';
import { writeInFolder, writeWhole } from '../output/writeWhole';
import type { StudyInput } from './findStudies';
import type { OutputTarget } from './scorer';

export interface ReportOrder {
  readonly study: StudyInput;
  readonly series: HeadCtSeries;
  readonly scored: ScoredSeries;
  readonly seg?: OutputTarget;
  readonly sr?: OutputTarget;
  readonly fhir?: OutputTarget;
}

/**
 * Writes the DICOM SEG and SR and the FHIR Observation that were asked for.
 *
 * @returns why SEG and SR were not written, where such a series has none
 * @throws OutputError
 */
export function writeReports(order: ReportOrder): string | undefined {
  const { study, series, scored, seg, sr, fhir } = order;
  if (!seg && !sr && !fhir) {
    return undefined;
  }
  const source = sourceAttributes(study, series);
  if (fhir) {
    const name = `${safeNames(series).join('.')}.fhir.json`;
    writeTo(fhir, name, fhirJson(scored.result, { source }));
  }
  return seg || sr ? writeDicomReports(order, source) : undefined;
}

function writeDicomReports({ series, scored, seg, sr }: ReportOrder, source: SourceAttributes) {
  const obstacle = reportObstacle(series);
  if (obstacle !== undefined) {
    return obstacle;
  }
  const report = buildReport({ ...scored, series, source });
  for (const [target, object] of [
    [seg, report.seg],
    [sr, report.sr],
  ] as const) {
    if (target) {
      const name = nameIn(target.path, series, object.kind.toLowerCase());
      writeTo(target, name, new Uint8Array(object.part10));
    }
  }
  return undefined;
}

/** To the file that the target is, or under a name in the folder that it is. */
function writeTo({ path, isFolder }: OutputTarget, name: string, content: string | Uint8Array): void {
  if (isFolder) {
    writeInFolder(path, name, content);
  } else {
    writeWhole(path, content);
  }
}

/**
 * `<series>.<kind>.dcm` in the folder, whatever the file that was scored gives for a UID; with the study's
 * UID before it where a series of another study, wrongly with the same UID, has that name already.
 */
function nameIn(folder: string, series: HeadCtSeries, kind: string): string {
  const [study, name] = safeNames(series);
  const usual = `${name}.${kind}.dcm`;
  const path = join(folder, usual);
  const taken = ownFileAt(path) ? readDicomHeader(path)?.dataSet.string('x0020000d')?.trim() : undefined;
  return taken === undefined || taken === series.studyInstanceUID ? usual : `${study}.${usual}`;
}

/** UIDs of study and series as parts of file names. */
function safeNames({ studyInstanceUID, seriesInstanceUID }: HeadCtSeries): string[] {
  return [studyInstanceUID, seriesInstanceUID].map(uid => uid.replace(/[^0-9A-Za-z.]/g, '_'));
}

/**
 * Patient and study attributes of a slice that was scored, so that the objects are filed with it; a NIfTI
 * volume has none.
 */
function sourceAttributes(study: StudyInput, series: HeadCtSeries): SourceAttributes {
  if (study.kind === 'nifti') {
    return {};
  }
  const scored = new Set(series.slices.map(({ sopInstanceUID }) => instanceOfFrame(sopInstanceUID)));
  const own = study.series.find(({ seriesInstanceUID }) => seriesInstanceUID === series.seriesInstanceUID);
  // Other instances of the series (a dose sheet, a localizer) may have other attributes, and
  // another patient's.
  for (const file of own?.files ?? []) {
    const dataSet = readDicomHeader(file)?.dataSet;
    if (dataSet && scored.has(dataSet.string('x00080018')?.trim() ?? '')) {
      return sourceAttributesOfDataSet(dataSet);
    }
  }
  return {};
}

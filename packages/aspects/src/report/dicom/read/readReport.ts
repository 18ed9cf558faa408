import type { AspectsResult } from '../../../scoring/aspects/aspectsResult';
import { parseAspectsResult } from '../../../scoring/aspects/parseAspectsResult';
import { summariseSeries } from '../../../scoring/aspects/summariseSeries';
import { instanceOfFrame } from '../../../series/sliceName';
import type { ReportSeries, StoredReport } from '../../types';
import { canonicalJson } from '../canonicalJson';
import { codedHemispheres } from '../codedResult';
import { RESULT_BLOCK } from '../sr/srSteps';
import { isoOfDicomDateTime } from '../values';
import { textValue } from './dataset';
import { parsePart10, type ParsedObject } from './parsePart10';
import { readSeg } from './readSeg';
import { readSrContent, type CodedContent } from './readSrContent';
import { reportHeaderOf, type ReportHeader } from './reportHeader';
import { StoredReportError } from './storedReportError';

/**
 * A stored SEG and SR back as the value they were made from, so that a study reopens without running the
 * networks. The SR's coded content is what counts; the private block gives what has no code (run times,
 * what the network says inside a region) and must agree with it on the reading. Warnings, networks and
 * the series are never taken from the block. Where an archive dropped the private block, the coded
 * content alone is used (`fidelity` `coded`). Throws `StoredReportError`.
 */
export function readReport(
  segPart10: ArrayBuffer,
  srPart10: ArrayBuffer,
  series: ReportSeries
): StoredReport {
  const sr = parsePart10(srPart10);
  const header = reportHeaderOf(sr.dataset);
  if (!header) {
    throw new StoredReportError('NOT_OURS', 'The object is not a report by Deep-ASPECTS.');
  }
  if (header.sourceSeriesInstanceUID !== series.seriesInstanceUID) {
    throw new StoredReportError('OTHER_SERIES', 'The stored report was made from another series.');
  }
  const masks = readSeg(segPart10, series);
  if (masks.sopInstanceUID !== header.seg.sopInstanceUID) {
    throw new StoredReportError('INCONSISTENT', 'The stored report refers to another segmentation.');
  }
  const coded = readSrContent(sr.dataset);
  const embedded = embeddedResult(sr);
  if (embedded && !agrees(embedded, coded)) {
    throw new StoredReportError(
      'INCONSISTENT',
      'The stored report was changed by other software after it was made.'
    );
  }
  const result = checkedResult(withUncoded(resultOf(coded, series, sr), embedded));
  const missedSlices = missedOf(series, header);
  return {
    regions: masks.regions,
    infarct: masks.infarct,
    segSopInstanceUID: masks.sopInstanceUID,
    result: missedSlices === 0 ? result : withMissedWarning(result, missedSlices),
    missedSlices,
    version: header.version,
    edited: coded.edited,
    reader: coded.reader,
    verified: header.verified,
    createdAt: result.createdAt,
    fidelity: embedded ? 'complete' : 'coded',
  };
}

function missedOf({ slices }: ReportSeries, { sourceInstances }: ReportHeader): number {
  const known = new Set(sourceInstances);
  return slices.filter(({ sopInstanceUID }) => !known.has(instanceOfFrame(sopInstanceUID))).length;
}

/** A reading of half a series must not pass for one of the whole. */
function withMissedWarning(result: AspectsResult, missed: number): AspectsResult {
  const message = `The result was made before ${missed} of the ${result.series.sliceCount} slices had arrived: compute again.`;
  return { ...result, warnings: [{ code: 'MISSING_SLICES', message }, ...result.warnings] };
}

/** The JSON of the private block; undefined where the block is gone. */
function embeddedResult(sr: ParsedObject): AspectsResult | undefined {
  const text = sr.textOf(RESULT_BLOCK.resultTag);
  if (sr.textOf(RESULT_BLOCK.creatorTag) !== RESULT_BLOCK.creator || text === undefined) {
    return undefined;
  }
  return readable(() => parseAspectsResult(JSON.parse(text)));
}

/**
 * Codes, numbers and texts of the content tree may be any; panel and reports take what the schema
 * allows.
 */
function checkedResult(result: AspectsResult): AspectsResult {
  readable(() => parseAspectsResult(result));
  return result;
}

function readable<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoredReportError(
      'DAMAGED',
      `The stored report holds a result that cannot be read: ${reason}.`
    );
  }
}

function agrees(embedded: AspectsResult, { clinical }: CodedContent): boolean {
  const own = { ...embedded, hemispheres: codedHemispheres(embedded.hemispheres) };
  return (Object.keys(clinical) as (keyof CodedContent['clinical'])[]).every(
    key => canonicalJson(own[key]) === canonicalJson(clinical[key])
  );
}

/**
 * Takes from the private block what has no code, and nothing else: run times, the fraction of the second
 * in which the result was made, and what the network says inside each region (which `agrees` has
 * compared without).
 */
function withUncoded(result: AspectsResult, embedded: AspectsResult | undefined): AspectsResult {
  if (!embedded) {
    return result;
  }
  const second = (iso: string): number => Math.floor(Date.parse(iso) / 1000);
  return {
    ...result,
    createdAt:
      second(embedded.createdAt) === second(result.createdAt) ? embedded.createdAt : result.createdAt,
    runtime: { ...result.runtime, timingsMs: embedded.runtime.timingsMs },
    hemispheres: embedded.hemispheres,
  };
}

/** A result from coded content alone: times are zero, since nobody wrote them down. */
function resultOf(coded: CodedContent, series: ReportSeries, { dataset }: ParsedObject): AspectsResult {
  return {
    schemaVersion: '1.1',
    createdAt: localIso(
      textValue(dataset, 'ContentDate'),
      textValue(dataset, 'ContentTime'),
      textValue(dataset, 'TimezoneOffsetFromUTC')
    ),
    software: coded.software,
    series: summariseSeries(series),
    models: coded.models,
    runtime: {
      ...coded.runtime,
      timingsMs: { load: 0, preprocess: 0, anatomy: 0, infarct: 0, postprocess: 0, score: 0, total: 0 },
    },
    warnings: coded.warnings,
    ...coded.clinical,
  };
}

function localIso(date: string, time: string, timezoneOffset: string): string {
  return isoOfDicomDateTime(`${date}${time.slice(0, 6)}${timezoneOffset}`) ?? new Date(0).toISOString();
}

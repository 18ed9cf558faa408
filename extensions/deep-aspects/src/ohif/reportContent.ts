import {
  fhirJson,
  type SummaryImage,
  renderReportText,
  renderSummary,
  type ReportFormat,
  reportCsv,
  reportJson,
  reportLanguage,
  type SourceAttributes,
  sourceAttributesOf,
  withoutIdentifiers,
} from '@deep-aspects/aspects/report';
import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { instanceOfFrame } from '@deep-aspects/aspects/series';
import { siteReportWords } from '../i18n/siteWords';
import { currentLanguage } from '../i18n/translate';
import type { DraftWithImages } from '../session/reportPort';
import { encodePages, encodeSummaryPng } from './encodeSummaryPng';
import type { InstanceAttributes } from './host/instanceAttributes';
import { cornerstoneLibraries, type OhifManagers } from './host/managers';
import { loadSummaryPdf } from './pdf/loadSummaryPdf';
import { sliceName } from './viewports';

export interface FileOrder {
  readonly format: ReportFormat;
  /** Names neither patient nor study. */
  readonly anonymous: boolean;
  /** Absolute URL of the plugin's folder, with a trailing slash. */
  readonly assetsUrl: () => string;
}

/** The attributes of a slice that was scored: others of the display set may be of another kind. */
function scoredInstance(managers: OhifManagers, { draft, series }: DraftWithImages): InstanceAttributes {
  const { displaySetService } = managers.servicesManager.services;
  const { metaData } = cornerstoneLibraries(managers.extensionManager).cornerstone;
  const imageIds = displaySetService.getDisplaySetByUID(draft.target.displaySetInstanceUID)?.imageIds ?? [];
  const scored = new Set(series.slices.map(({ sopInstanceUID }) => instanceOfFrame(sopInstanceUID)));
  for (const imageId of imageIds) {
    const attributes = (metaData.get('instance', imageId) ?? {}) as InstanceAttributes;
    if (scored.has(String(attributes.SOPInstanceUID))) {
      return attributes;
    }
  }
  return {};
}

/** What reports say of patient and study, from a slice that was scored. */
export function sourceOf(managers: OhifManagers, input: DraftWithImages): SourceAttributes {
  return sourceAttributesOf(scoredInstance(managers, input));
}

/** Content of a report's file. */
export async function fileContent(
  managers: OhifManagers,
  input: DraftWithImages,
  { format, anonymous, assetsUrl }: FileOrder
): Promise<Blob | string> {
  switch (format) {
    case 'png':
      return encodeSummaryPng(summaryOf(managers, input, anonymous));
    case 'pdf':
      return pdfOf(summaryOf(managers, input, anonymous), input.draft.result, assetsUrl());
    default:
      return fileText(input, format, anonymous ? undefined : sourceOf(managers, input));
  }
}

async function pdfOf(
  summary: SummaryImage,
  { software, createdAt }: AspectsResult,
  assetsUrl: string
): Promise<Blob> {
  const { summaryPdf } = await loadSummaryPdf(assetsUrl);
  const creator = `${software.name} ${software.version}`;
  const pages = await encodePages(summary);
  return new Blob([new Uint8Array(await summaryPdf(pages, { title: 'ASPECTS', creator, createdAt }))]);
}

/** The summary image; without patient and study where it is anonymous. */
export function summaryOf(managers: OhifManagers, input: DraftWithImages, anonymous: boolean) {
  const { draft, series, regions, infarct } = input;
  const { PatientName: name, PatientID: id, StudyDate: date, AccessionNumber } = sourceOf(managers, input);
  return renderSummary({
    result: draft.result,
    series,
    regions,
    infarct,
    edited: { infarct: draft.infarctEdited },
    ...wording(),
    patient: anonymous ? undefined : { name, id },
    study: anonymous ? undefined : { date, accession: AccessionNumber },
    sliceName: uid => sliceName(managers, draft.target, uid),
  });
}

/** The reader's language, with the words that the site replaces in it. */
function wording() {
  const tag = currentLanguage();
  return { language: reportLanguage(tag), words: siteReportWords(tag) };
}

/** The report as text. */
export function textOf(result: AspectsResult, infarctEdited: boolean, form: 'short' | 'long'): string {
  return renderReportText(result, { form, edited: { infarct: infarctEdited }, ...wording() });
}

/** @param source Of the scan; without it the file names neither patient nor study. */
function fileText(
  { draft, series }: DraftWithImages,
  format: Exclude<ReportFormat, 'png' | 'pdf'>,
  source: SourceAttributes | undefined
): string {
  const uids = series.slices.map(slice => slice.sopInstanceUID);
  const result = source ? draft.result : withoutIdentifiers(draft.result, uids);
  switch (format) {
    case 'text':
      return textOf(result, draft.infarctEdited, 'long');
    case 'csv':
      return reportCsv(result);
    case 'json':
      return reportJson(result);
    case 'fhir':
      return fhirJson(result, { source, edited: { infarct: draft.infarctEdited } });
  }
}

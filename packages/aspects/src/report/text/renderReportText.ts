import type { AspectsResult, RegionResult } from '../../scoring/aspects/aspectsResult';
import { SIDES, type Side } from '../../scoring/aspects/regions';
import { fillTemplate, type TemplateValues } from './fillTemplate';
import { REPORT_WORDS, type ReportLanguage, type ReportWords } from './reportWords';
import { percentOf, WORTH_ANNOUNCING_ML, WORTH_SAYING_ML } from './worthSaying';

/** Identifies the patient in a text; leave it out for a text without identifiers. */
export interface PatientLabel {
  readonly name?: string;
  readonly id?: string;
}

export interface ReportTextOptions {
  readonly form: 'short' | 'long';
  readonly language: ReportLanguage;
  /** A site's own words or templates, in place of the language's. */
  readonly words?: Partial<ReportWords>;
  readonly patient?: PatientLabel;
  /** What a reader changed that the result does not tell of. */
  readonly edited?: { readonly infarct?: boolean };
}

/**
 * The result as report text. Placeholders of the templates: score, bin, side, scoreLeft, scoreRight,
 * affected, affectedLeft, affectedRight, volume, volumeLeft, volumeRight, volumeMca, fraction, volumeAcute,
 * volumeUndated, mcaFraction, volumeOutside, volumeOld, volumeHyperdense, infarcts, readerChanges,
 * maskEdited, warnings, software, version, created, patientName, patientId.
 */
export function renderReportText(result: AspectsResult, options: ReportTextOptions): string {
  const words: ReportWords = { ...REPORT_WORDS[options.language], ...options.words };
  const text = fillTemplate(words[options.form], {
    ...resultValues(result, words),
    ...infarctValues(result, words),
    maskEdited: options.edited?.infarct ? words.maskEdited : '',
    ...(isScoreSuspended(result) && SUSPENDED_VALUES),
    ...patientValues(options.patient),
  });
  // Before everything, whatever a site's template holds.
  return [isScoreSuspended(result) && words.suspended, text].filter(Boolean).join('\n');
}

/** Whether the score is withheld: a haemorrhage is suspected, and no reader has excluded it. */
export function isScoreSuspended({ haemorrhage }: Pick<AspectsResult, 'haemorrhage'>): boolean {
  return haemorrhage.suspected;
}

/** An empty value takes its line of the template with it. */
const SUSPENDED_VALUES: TemplateValues = {
  score: '',
  bin: '',
  side: '',
  scoreLeft: '',
  scoreRight: '',
  affected: '',
  affectedLeft: '',
  affectedRight: '',
};

function patientValues(patient: PatientLabel | undefined): TemplateValues {
  return { patientName: (patient?.name ?? '').replace(/\^+/g, ' ').trim(), patientId: patient?.id ?? '' };
}

function resultValues(result: AspectsResult, words: ReportWords): TemplateValues {
  const { hemispheres, infarct, software } = result;
  const number = (value: number, digits: number) => formattedNumber(value, digits, words);
  return {
    score: String(result.score),
    bin: result.bin,
    side: words.sides[result.affectedSide],
    scoreLeft: String(hemispheres.left.score),
    scoreRight: String(hemispheres.right.score),
    affected: affectedNames(result, SIDES, words),
    affectedLeft: affectedNames(result, ['left'], words),
    affectedRight: affectedNames(result, ['right'], words),
    volume: number(infarct.volumeMl, 1),
    volumeLeft: number(infarct.leftMl, 1),
    volumeRight: number(infarct.rightMl, 1),
    volumeMca: number(infarct.mcaMl, 1),
    fraction: number(infarct.fractionOfMca * 100, 0),
    readerChanges: readerChanges(result, words),
    // A code may have several reasons, and has one sentence here.
    warnings: [...new Set(result.warnings.map(({ code, message }) => words.warnings[code] ?? message))].join(
      ' '
    ),
    software: software.name,
    version: software.version,
    created: result.createdAt.slice(0, 16).replace('T', ' '),
  };
}

/**
 * What there is of infarct and blood, empty where there is nothing to say: acute or without an age, as the
 * network tells.
 */
function infarctValues(result: AspectsResult, words: ReportWords): TemplateValues {
  const { infarct, oldInfarct, haemorrhage } = result;
  const said = (volumeMl: number, least: number) =>
    volumeMl >= least ? formattedNumber(volumeMl, 1, words) : '';
  const values = {
    volumeAcute: oldInfarct ? said(infarct.volumeMl, 0) : '',
    volumeUndated: oldInfarct ? '' : said(infarct.volumeMl, 0),
    // Of the worse side: none of it where a reader calls the other side worse.
    mcaFraction: infarct.fractionOfMca > 0 ? percentOf(infarct.fractionOfMca) : '',
    volumeOutside: said(infarct.outsideMcaMl, WORTH_SAYING_ML),
    volumeOld: oldInfarct ? said(oldInfarct.volumeMl, WORTH_SAYING_ML) : '',
    volumeHyperdense: said(haemorrhage.volumeMl, WORTH_ANNOUNCING_ML),
  };
  return { ...values, infarcts: fillTemplate(words.infarcts, values).split('\n').join(', ') };
}

/** Region names, with the side's letter where more than one side is asked for. */
function affectedNames(result: AspectsResult, sides: readonly Side[], words: ReportWords): string {
  const names = sides.flatMap(side =>
    result.hemispheres[side].regions
      .filter(region => region.affected)
      .map(region => (sides.length > 1 ? regionName(region, side, words) : words.regions[region.id]))
  );
  return names.join(', ') || words.noRegion;
}

/** A number in the form of the words' language. */
export function formattedNumber(
  value: number,
  digits: number,
  words: Pick<ReportWords, 'decimalSeparator'>
): string {
  return value.toFixed(digits).replace('.', words.decimalSeparator);
}

/** Where the reader's reading differs from the model's. */
export function readerChanges(result: AspectsResult, words: ReportWords): string {
  const regions = SIDES.flatMap(side =>
    result.hemispheres[side].regions
      .filter(region => region.affected !== region.modelAffected)
      .map(region =>
        fillTemplate(region.affected ? words.readerAdded : words.readerRemoved, {
          region: regionName(region, side, words),
        })
      )
  );
  return [...(result.haemorrhage.excludedByReader ? [words.bleedExcluded] : []), ...regions].join(', ');
}

function regionName(region: RegionResult, side: Side, words: ReportWords): string {
  return `${words.regions[region.id]} (${words.sideLetters[side]})`;
}

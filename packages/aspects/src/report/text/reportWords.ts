import type { WarningCode } from '../../series/headCtSeries';
import type { InfarctClass } from '../../scoring/aspects/infarctClasses';
import type { Level, RegionId, Side } from '../../scoring/aspects/regions';

/** Languages that reports have words for. */
export type ReportLanguage = keyof typeof REPORT_WORDS;

/** The table of regions on a summary image. */
export interface RegionTableWords {
  readonly region: string;
  readonly reading: string;
  readonly infarct: string;
  /** Of mean attenuation to the other side. */
  readonly difference: string;
  readonly sides: Readonly<Record<Side, string>>;
  readonly affected: string;
  readonly normal: string;
  readonly notFound: string;
  /** After a reading that the reader decided. */
  readonly byReader: string;
}

/**
 * The words and templates of a report in one language. A site may replace any of them (`deepAspects.words`).
 */
export interface ReportWords {
  /** A few lines; see `fillTemplate` for the placeholders. */
  readonly short: string;
  /** Several lines; a line whose placeholder has no value is left out. */
  readonly long: string;
  /** Infarct and blood in one sentence: its parts, a line each; those without a value are left out. */
  readonly infarcts: string;
  readonly sides: Readonly<Record<Side | 'both' | 'none', string>>;
  readonly sideLetters: Readonly<Record<Side, string>>;
  readonly regions: Readonly<Record<RegionId, string>>;
  readonly warnings: Readonly<Record<WarningCode, string>>;
  /** Caption of a picture; `{number}` counts from caudal. Its level stands in the heading. */
  readonly slice: string;
  readonly levels: Readonly<Record<Level, string>>;
  /** Heading over the pictures of a level; `{shown}` of `{count}` slices. */
  readonly levelHeadings: Readonly<Record<Level, string>>;
  /** Heading over a slice outside both levels: the one with most infarct. */
  readonly otherHeading: string;
  /**
   * What the colours on the pictures mean, each word in its own. `undated`: of a network that tells no age.
   */
  readonly legend: Readonly<Record<InfarctClass | 'undated' | 'affected', string>>;
  /** In place of a region's reading, as long as a haemorrhage is suspected. */
  readonly notScored: string;
  /** In place of the score, as long as a haemorrhage is suspected. */
  readonly suspended: string;
  readonly table: RegionTableWords;
  /** Before the names of regions that the reader changed. */
  readonly changed: string;
  readonly maskEdited: string;
  /** The reader excluded a haemorrhage that was suspected. */
  readonly bleedExcluded: string;
  readonly noRegion: string;
  /** On every picture. */
  readonly notice: string;
  /** The reader called `{region}` affected or normal. */
  readonly readerAdded: string;
  readonly readerRemoved: string;
  readonly decimalSeparator: string;
}

const CORTEX: Pick<ReportWords['regions'], 'M1' | 'M2' | 'M3' | 'M4' | 'M5' | 'M6'> = {
  M1: 'M1',
  M2: 'M2',
  M3: 'M3',
  M4: 'M4',
  M5: 'M5',
  M6: 'M6',
};

const ENGLISH: ReportWords = {
  short: `ASPECTS {score}/10 ({side}); affected: {affected}.
{infarcts}.
Changed by the reader: {readerChanges}.
{maskEdited}`,
  long: `Patient: {patientName}
Patient ID: {patientId}
Alberta Stroke Program Early CT Score (ASPECTS), non-contrast head CT

ASPECTS: {score} of 10, group {bin}
Affected side: {side}
Left hemisphere: {scoreLeft} of 10; affected: {affectedLeft}
Right hemisphere: {scoreRight} of 10; affected: {affectedRight}
Acute infarct: {volumeAcute} ml (left {volumeLeft} ml, right {volumeRight} ml)
Hypodensity, age not determined: {volumeUndated} ml (left {volumeLeft} ml, right {volumeRight} ml)
Inside the MCA territory: {volumeMca} ml, {mcaFraction} % of the territory on the worse side
Outside the ASPECTS regions, not part of the score: {volumeOutside} ml
Old infarct, not counted: {volumeOld} ml
Hyperdense tissue: {volumeHyperdense} ml
Posterior fossa: not assessed
Changed by the reader: {readerChanges}
{maskEdited}
Note: {warnings}

{software} {version}, {created}. Research software; the reading physician decides.`,
  infarcts: `Acute infarct {volumeAcute} ml
Hypodensity, age not determined: {volumeUndated} ml
{mcaFraction} % of the MCA territory
{volumeOutside} ml outside the ASPECTS regions
old infarct {volumeOld} ml (not counted)
hyperdense tissue {volumeHyperdense} ml
posterior fossa not assessed`,
  sides: { left: 'left', right: 'right', both: 'both sides', none: 'none' },
  sideLetters: { left: 'L', right: 'R' },
  regions: { C: 'caudate', L: 'lentiform nucleus', IC: 'internal capsule', I: 'insula', ...CORTEX },
  warnings: {
    LOSSY_COMPRESSION: 'The images were compressed with loss.',
    REPEATED_SLICES: 'Some images of the series are repeated.',
    NOT_PLAIN_CT: 'The series may not be a plain CT.',
    CONTRAST_ENHANCED: 'The series may be contrast-enhanced.',
    SHARP_KERNEL: 'The reconstruction kernel is sharp.',
    THICK_SLICES: 'The slices are thick.',
    MISSING_SLICES: 'Slices are missing or unevenly spaced.',
    PARTIAL_COVERAGE: 'The scan does not cover all ASPECTS levels.',
    HEMORRHAGE_SUSPECTED: 'Hyperdense tissue: haemorrhage is possible.',
    BOTH_SIDES: 'Both hemispheres have affected regions.',
    ASYMMETRIC_REGIONS: 'Regions differ in size between left and right.',
    LOW_CONFIDENCE: 'The result is uncertain.',
    GPU_FALLBACK: 'Computed without the GPU.',
  },
  slice: 'Slice {number} of {count}',
  levels: { ganglionic: 'ganglionic level', supraganglionic: 'supraganglionic level' },
  levelHeadings: {
    ganglionic: 'Ganglionic level: {shown} of {count} slices, with outlines below',
    supraganglionic: 'Supraganglionic level: {shown} of {count} slices, with outlines below',
  },
  otherHeading: 'Outside both levels: the slice with most infarct',
  legend: {
    affected: 'affected region',
    acute: 'acute infarct',
    undated: 'hypodensity',
    old: 'old infarct',
    haemorrhage: 'haemorrhage?',
  },
  suspended: 'Haemorrhage suspected: ASPECTS does not apply until a reader has excluded it.',
  notScored: 'not scored',
  table: {
    region: 'Region',
    reading: 'reading',
    infarct: 'infarct, ml',
    difference: 'HU diff.',
    sides: { left: 'Left', right: 'Right' },
    affected: 'affected',
    normal: 'normal',
    notFound: 'not in the scan',
    byReader: '(reader)',
  },
  changed: 'Changed by the reader',
  maskEdited: 'The infarct mask was edited by the reader.',
  bleedExcluded: 'haemorrhage excluded',
  notice: 'For research use only. Not for diagnosis.',
  noRegion: 'none',
  readerAdded: '{region} affected',
  readerRemoved: '{region} normal',
  decimalSeparator: '.',
};

const GERMAN: ReportWords = {
  short: `ASPECTS {score}/10 ({side}); betroffen: {affected}.
{infarcts}.
Vom Befunder geändert: {readerChanges}.
{maskEdited}`,
  long: `Patient: {patientName}
Patienten-ID: {patientId}
Alberta Stroke Program Early CT Score (ASPECTS), natives Schädel-CT

ASPECTS: {score} von 10, Gruppe {bin}
Betroffene Seite: {side}
Linke Hemisphäre: {scoreLeft} von 10; betroffen: {affectedLeft}
Rechte Hemisphäre: {scoreRight} von 10; betroffen: {affectedRight}
Akuter Infarkt: {volumeAcute} ml (links {volumeLeft} ml, rechts {volumeRight} ml)
Hypodensität, Alter unbestimmt: {volumeUndated} ml (links {volumeLeft} ml, rechts {volumeRight} ml)
Im Mediastromgebiet: {volumeMca} ml, {mcaFraction} % des Gebiets der stärker betroffenen Seite
Außerhalb der ASPECTS-Regionen, nicht im Score: {volumeOutside} ml
Alter Infarkt, nicht gezählt: {volumeOld} ml
Hyperdenses Gewebe: {volumeHyperdense} ml
Hintere Schädelgrube: nicht beurteilt
Vom Befunder geändert: {readerChanges}
{maskEdited}
Hinweis: {warnings}

{software} {version}, {created}. Forschungssoftware; die Entscheidung trifft die befundende Person.`,
  infarcts: `Akuter Infarkt {volumeAcute} ml
Hypodensität, Alter unbestimmt: {volumeUndated} ml
{mcaFraction} % des Mediastromgebiets
{volumeOutside} ml außerhalb der ASPECTS-Regionen
alter Infarkt {volumeOld} ml (nicht gezählt)
hyperdenses Gewebe {volumeHyperdense} ml
hintere Schädelgrube nicht beurteilt`,
  sides: { left: 'links', right: 'rechts', both: 'beidseits', none: 'keine' },
  sideLetters: { left: 'L', right: 'R' },
  regions: { C: 'Nucleus caudatus', L: 'Nucleus lentiformis', IC: 'Capsula interna', I: 'Insel', ...CORTEX },
  warnings: {
    LOSSY_COMPRESSION: 'Die Bilder wurden verlustbehaftet komprimiert.',
    REPEATED_SLICES: 'Einige Bilder der Serie wiederholen sich.',
    NOT_PLAIN_CT: 'Die Serie ist möglicherweise kein natives CT.',
    CONTRAST_ENHANCED: 'Die Serie ist möglicherweise kontrastmittelverstärkt.',
    SHARP_KERNEL: 'Der Faltungskern ist kantenbetont.',
    THICK_SLICES: 'Die Schichten sind dick.',
    MISSING_SLICES: 'Schichten fehlen oder sind ungleichmäßig verteilt.',
    PARTIAL_COVERAGE: 'Die Aufnahme erfasst nicht alle ASPECTS-Ebenen.',
    HEMORRHAGE_SUSPECTED: 'Hyperdenses Gewebe: eine Blutung ist möglich.',
    BOTH_SIDES: 'Beide Hemisphären haben betroffene Regionen.',
    ASYMMETRIC_REGIONS: 'Regionen sind links und rechts verschieden groß.',
    LOW_CONFIDENCE: 'Das Ergebnis ist unsicher.',
    GPU_FALLBACK: 'Ohne GPU berechnet.',
  },
  slice: 'Schicht {number} von {count}',
  levels: { ganglionic: 'ganglionäre Ebene', supraganglionic: 'supraganglionäre Ebene' },
  levelHeadings: {
    ganglionic: 'Ganglionäre Ebene: {shown} von {count} Schichten, darunter mit Umrissen',
    supraganglionic: 'Supraganglionäre Ebene: {shown} von {count} Schichten, darunter mit Umrissen',
  },
  otherHeading: 'Außerhalb beider Ebenen: die Schicht mit dem meisten Infarkt',
  legend: {
    affected: 'betroffene Region',
    acute: 'akuter Infarkt',
    undated: 'Hypodensität',
    old: 'alter Infarkt',
    haemorrhage: 'Blutung?',
  },
  suspended: 'Verdacht auf Blutung: ASPECTS gilt nicht, bis ein Befunder sie ausgeschlossen hat.',
  notScored: 'nicht bewertet',
  table: {
    region: 'Region',
    reading: 'Befund',
    infarct: 'Infarkt, ml',
    difference: 'HE-Diff.',
    sides: { left: 'Links', right: 'Rechts' },
    affected: 'betroffen',
    normal: 'normal',
    notFound: 'nicht erfasst',
    byReader: '(Befunder)',
  },
  changed: 'Vom Befunder geändert',
  maskEdited: 'Die Infarktmaske wurde vom Befunder bearbeitet.',
  bleedExcluded: 'Blutung ausgeschlossen',
  notice: 'Nur für die Forschung. Nicht zur Diagnose.',
  noRegion: 'keine',
  readerAdded: '{region} betroffen',
  readerRemoved: '{region} normal',
  decimalSeparator: ',',
};

export const REPORT_WORDS = { en: ENGLISH, de: GERMAN } satisfies Readonly<Record<string, ReportWords>>;

/** The report's language for a language tag such as `de-AT`; English for one that we have no words for. */
export function reportLanguage(tag: string): ReportLanguage {
  const language = tag.toLowerCase().split('-')[0];
  return Object.hasOwn(REPORT_WORDS, language) ? (language as ReportLanguage) : 'en';
}

import type { CodedConcept } from '../../base/codedConcept';
import { ASPECTS_REGIONS, CORTICAL_SECTORS, type RegionId, type Side } from '../../scoring/aspects/regions';
import regionCodes from '../../scoring/aspects/regionCodes.json';

/** Project's own scheme for concepts without a verified standard code; documented in docs/dicom.md. */
const PRIVATE_SCHEME = '99DEEPASPECTS';

const sct = (value: string, meaning: string): CodedConcept => ({ scheme: 'SCT', value, meaning });
const dcm = (value: string, meaning: string): CodedConcept => ({ scheme: 'DCM', value, meaning });
const own = (value: string, meaning: string): CodedConcept => ({ scheme: PRIVATE_SCHEME, value, meaning });
const ucum = (value: string, meaning: string): CodedConcept => ({ scheme: 'UCUM', value, meaning });

/**
 * SNOMED CT and DICOM codes, each read from the DICOM concept dictionary (PS3.16); the scoring,
 * from SNOMED CT.
 */
export const CODES = {
  anatomicalStructure: sct('91723000', 'Anatomical Structure'),
  abnormalStructure: sct('49755003', 'Morphologically Abnormal Structure'),
  brain: sct('12738006', 'Brain'),
  cerebralCortex: sct('40146001', 'Cerebral cortex'),
  cerebralHemisphere: sct('372073000', 'Cerebral hemisphere'),
  left: sct('7771000', 'Left'),
  right: sct('24028007', 'Right'),
  bilateral: sct('51440002', 'Bilateral'),
  laterality: sct('272741003', 'Laterality'),
  yes: sct('373066001', 'Yes'),
  no: sct('373067005', 'No'),
  volume: sct('118565006', 'Volume'),
  findingSite: sct('363698007', 'Finding Site'),
  measurementMethod: sct('370129005', 'Measurement Method'),
  mean: sct('373098007', 'Mean'),
  ctOfHead: sct('303653007', 'Computed tomography of head'),
  /** An assessment scale; the Observation of FHIR alone names it. */
  aspectsScale: sct('1290002002', 'Alberta Stroke Program Early CT score'),
  aspectsScoring: sct('1290003007', 'Assessment using Alberta Stroke Program Early CT Score'),

  imagingMeasurements: dcm('126010', 'Imaging Measurements'),
  measurementGroup: dcm('125007', 'Measurement Group'),
  imageLibrary: dcm('111028', 'Image Library'),
  imageLibraryGroup: dcm('126200', 'Image Library Group'),
  language: dcm('121049', 'Language of Content Item and Descendants'),
  procedureReported: dcm('121058', 'Procedure reported'),
  observerType: dcm('121005', 'Observer Type'),
  person: dcm('121006', 'Person'),
  device: dcm('121007', 'Device'),
  personObserverName: dcm('121008', 'Person Observer Name'),
  personObserverOrganisation: dcm('121009', "Person Observer's Organization Name"),
  deviceObserverUid: dcm('121012', 'Device Observer UID'),
  deviceObserverName: dcm('121013', 'Device Observer Name'),
  deviceObserverManufacturer: dcm('121014', 'Device Observer Manufacturer'),
  deviceObserverModelName: dcm('121015', 'Device Observer Model Name'),
  trackingIdentifier: dcm('112039', 'Tracking Identifier'),
  trackingUid: dcm('112040', 'Tracking Unique Identifier'),
  finding: dcm('121071', 'Finding'),
  referencedSegment: dcm('121191', 'Referenced Segment'),
  sourceImageForSegmentation: dcm('121233', 'Source image for segmentation'),
  sourceSeriesForSegmentation: dcm('121232', 'Source series for segmentation'),
  sourceImageForProcessing: dcm('121322', 'Source image for image processing operation'),
  segmentationDerivation: dcm('113076', 'Segmentation'),
  bestIllustration: dcm('121080', 'Best illustration of finding'),
  derivation: dcm('121401', 'Derivation'),
  attenuation: dcm('112031', 'Attenuation Coefficient'),
  comment: dcm('121106', 'Comment'),
  sumOfVoxels: dcm('126030', 'Sum of segmented voxel method for volume'),
  algorithmName: dcm('111001', 'Algorithm Name'),
  algorithmParameters: dcm('111002', 'Algorithm Parameters'),
  algorithmVersion: dcm('111003', 'Algorithm Version'),
  artificialIntelligence: dcm('123110', 'Artificial Intelligence'),

  english: { scheme: 'RFC5646', value: 'en', meaning: 'English' },

  millilitre: ucum('ml', 'milliliter'),
  unity: ucum('1', 'no units'),
  score: ucum('{score}', 'score'),
  hounsfield: ucum("[hnsf'U]", 'Hounsfield unit'),
} as const satisfies Record<string, CodedConcept>;

/** Concepts of the private scheme. */
export const OWN_CODES = {
  infarct: own('INFARCT', 'Early ischaemic change'),
  oldInfarct: own('OLD_INFARCT', 'Old infarct'),
  haemorrhage: own('HAEMORRHAGE', 'Haemorrhage, suspected'),
  mcaTerritory: own('MCA_TERRITORY', 'Territory of the middle cerebral artery, ten ASPECTS regions'),
  report: own('ASPECTS_REPORT', 'ASPECTS measurement report'),
  aspects: own('ASPECTS', 'Alberta Stroke Program Early CT Score'),
  aspectsAssessment: own('ASPECTS_ASSESS', 'ASPECTS assessment'),
  hemisphereAssessment: own('HEMISPHERE', 'ASPECTS assessment of one hemisphere'),
  regionAssessment: own('REGION', 'ASPECTS assessment of one region'),
  affectedSide: own('AFFECTED_SIDE', 'Affected side'),
  noSide: own('NO_SIDE', 'No side'),
  bin: own('BIN', 'ASPECTS group'),
  affected: own('AFFECTED', 'Region affected'),
  modelAffected: own('MODEL_AFFECTED', 'Region affected as the algorithm reads it'),
  decidedBy: own('DECIDED_BY', 'Decided by'),
  level: own('LEVEL', 'ASPECTS level'),
  ganglionic: own('GANGLIONIC', 'Ganglionic level'),
  supraganglionic: own('SUPRAGANGLIONIC', 'Supraganglionic level'),
  infarctVolume: own('INFARCT_VOL', 'Volume of early ischaemic change'),
  infarctVolumeLeft: own('INFARCT_VOL_L', 'Volume of early ischaemic change, left'),
  infarctVolumeRight: own('INFARCT_VOL_R', 'Volume of early ischaemic change, right'),
  infarctVolumeMca: own('INFARCT_VOL_MCA', 'Volume of early ischaemic change inside the MCA territory'),
  infarctVolumeOutside: own('INFARCT_VOL_OUT', 'Volume of early ischaemic change outside the MCA territory'),
  oldInfarctVolume: own('OLD_INF_VOL', 'Volume of old infarct'),
  oldInfarctVolumeLeft: own('OLD_INF_VOL_L', 'Volume of old infarct, left'),
  oldInfarctVolumeRight: own('OLD_INF_VOL_R', 'Volume of old infarct, right'),
  oldInfarctVolumeMca: own('OLD_INF_VOL_MCA', 'Volume of old infarct inside the MCA territory'),
  oldInfarctVolumeOutside: own('OLD_INF_VOL_OUT', 'Volume of old infarct outside the MCA territory'),
  haemorrhageVolume: own('HAEMORRHAGE_VOL', 'Volume of haemorrhage, suspected'),
  hyperdenseVolume: own('HYPERDENSE_VOL', 'Volume of the largest body of hyperdense tissue'),
  haemorrhageSuspected: own('BLEED_SUSPECTED', 'Haemorrhage suspected'),
  affectedProbability: own('PROBABILITY', 'Probability that a reader would call the region affected'),
  evidenceRule: own('EVIDENCE_RULE', 'Regions affected by calibrated evidence; ten minus their number'),
  infarctFraction: own('INFARCT_FRACTION', 'Part of the region with early ischaemic change'),
  territoryFraction: own('MCA_FRACTION', 'Part of the MCA territory of the worse side with change'),
  contralateralAttenuation: own('CONTRALATERAL_HU', 'Attenuation of the same region on the other side'),
  regionRatio: own('REGION_RATIO', 'Volume of change divided by volume of region'),
  scoreRule: own('SCORE_RULE', 'Ten minus the number of affected regions'),
  maskEdited: own('MASK_EDITED', 'Mask edited by a reader'),
  qualityWarning: own('QUALITY_WARNING', 'Quality warning'),
  runtime: own('RUNTIME', 'Computing device'),
} as const satisfies Record<string, CodedConcept>;

export const BIN_CODES = {
  A: own('BIN_A', 'ASPECTS 0-3'),
  B: own('BIN_B', 'ASPECTS 4-7'),
  C: own('BIN_C', 'ASPECTS 8-10'),
} as const;

export const SIDE_CODES: Readonly<Record<Side, CodedConcept>> = { left: CODES.left, right: CODES.right };

export const AFFECTED_SIDE_CODES: Readonly<Record<Side | 'both' | 'none', CodedConcept>> = {
  ...SIDE_CODES,
  both: CODES.bilateral,
  none: OWN_CODES.noSide,
};

/**
 * What a region's segment and finding site are called: a standard code where one is verified, else the
 * private scheme. The manifests of networks are written from the same file.
 */
export const REGION_CODES: Readonly<Record<RegionId, CodedConcept>> = regionCodes;

/** Anatomic region (Segment Description macro) in which each ASPECTS region lies. */
export const REGION_ANATOMY: Readonly<Record<RegionId, CodedConcept>> = Object.fromEntries(
  ASPECTS_REGIONS.map(({ id }) => [id, CORTICAL_SECTORS.includes(id) ? CODES.cerebralCortex : CODES.brain])
) as Record<RegionId, CodedConcept>;

/** Naturalised item of a code sequence (PS3.3 8.8). */
export interface CodeItem {
  readonly CodeValue: string;
  readonly CodingSchemeDesignator: string;
  readonly CodeMeaning: string;
}

export function codeItem(concept: CodedConcept): CodeItem {
  return { CodeValue: concept.value, CodingSchemeDesignator: concept.scheme, CodeMeaning: concept.meaning };
}

/** Same scheme and value; the meaning is only words. */
export function isCode(item: Partial<CodeItem> | undefined, concept: CodedConcept): boolean {
  return item?.CodeValue === concept.value && item.CodingSchemeDesignator === concept.scheme;
}

/** (0008,0110): says whose the private scheme is. */
export const CODING_SCHEME_IDENTIFICATION = [
  {
    CodingSchemeDesignator: PRIVATE_SCHEME,
    CodingSchemeName: 'Deep-ASPECTS private codes',
    CodingSchemeVersion: '1.0',
    CodingSchemeResponsibleOrganization: 'Deep-ASPECTS',
  },
];

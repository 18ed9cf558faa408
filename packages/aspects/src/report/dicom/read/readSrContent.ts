import type { CodedConcept } from '../../../base/codedConcept';
import type { NaturalisedDataset } from 'dcmjs';
import type {
  AspectsResult,
  HemisphereResult,
  Provider,
  RegionResult,
} from '../../../scoring/aspects/aspectsResult';
import { ASPECTS_REGIONS, type Side } from '../../../scoring/aspects/regions';
import { WARNING_CODES, type QualityWarning } from '../../../series/headCtSeries';
import type { ReportReader } from '../../types';
import { AFFECTED_SIDE_CODES, BIN_CODES, CODES, isCode, OWN_CODES, REGION_CODES, SIDE_CODES } from '../codes';
import { sliceOfReference } from '../sourceReferences';
import { modelOfParameter } from '../sr/context';
import { isoOfDicomDateTime } from '../values';
import { firstItem, items, numberValue, textValue } from './dataset';
import { StoredReportError } from './storedReportError';

/** What the coded content of an SR says by itself. */
export interface CodedContent {
  readonly clinical: Pick<
    AspectsResult,
    | 'score'
    | 'affectedSide'
    | 'bin'
    | 'hemispheres'
    | 'infarct'
    | 'oldInfarct'
    | 'haemorrhage'
    | 'rule'
    | 'levels'
  >;
  readonly models: AspectsResult['models'];
  readonly warnings: readonly QualityWarning[];
  readonly runtime: { readonly provider: Provider; readonly precision: string; readonly adapter: string };
  readonly software: AspectsResult['software'];
  readonly edited: { readonly regions: boolean; readonly infarct: boolean };
  readonly reader?: ReportReader;
}

/**
 * Reads the content tree that `buildSr` writes. Throws `StoredReportError` (`DAMAGED`) where a
 * value is missing.
 */
export function readSrContent(dataset: NaturalisedDataset): CodedContent {
  const measurements = child(dataset, CODES.imagingMeasurements);
  const groups = measurements ? children(measurements, CODES.measurementGroup) : [];
  const score = groupWith(groups, OWN_CODES.aspectsAssessment);
  const infarct = groupWith(groups, OWN_CODES.infarct);
  const runtime = textOf(dataset, OWN_CODES.runtime).split('; ');
  return {
    clinical: {
      score: numberOf(score, OWN_CODES.aspects),
      affectedSide: keyOf(AFFECTED_SIDE_CODES, codeOf(score, OWN_CODES.affectedSide)),
      bin: keyOf(BIN_CODES, codeOf(score, OWN_CODES.bin)),
      hemispheres: { left: hemisphereOf(groups, 'left'), right: hemisphereOf(groups, 'right') },
      infarct: {
        volumeMl: numberOf(infarct, OWN_CODES.infarctVolume),
        leftMl: numberOf(infarct, OWN_CODES.infarctVolumeLeft),
        rightMl: numberOf(infarct, OWN_CODES.infarctVolumeRight),
        mcaMl: numberOf(infarct, OWN_CODES.infarctVolumeMca),
        fractionOfMca: numberOf(infarct, OWN_CODES.territoryFraction),
        outsideMcaMl: numberOf(infarct, OWN_CODES.infarctVolumeOutside),
      },
      oldInfarct: oldInfarctOf(groups),
      haemorrhage: haemorrhageOf(groups, dataset),
      rule: decidedByEvidence(score) ? 'evidence' : 'overlap',
      levels: {
        ganglionic: children(score, OWN_CODES.ganglionic).map(imageName),
        supraganglionic: children(score, OWN_CODES.supraganglionic).map(imageName),
      },
    },
    models: children(score, CODES.algorithmParameters).flatMap(
      item => modelOfParameter(textValue(item, 'TextValue')) ?? []
    ),
    warnings: children(dataset, OWN_CODES.qualityWarning).map(warningOf),
    runtime: {
      provider: (runtime[0] || 'cpu') as Provider,
      precision: runtime[1] ?? '',
      adapter: runtime.slice(2).join('; '),
    },
    software: { name: textOf(score, CODES.algorithmName), version: textOf(score, CODES.algorithmVersion) },
    edited: { regions: isYes(score, OWN_CODES.maskEdited), infarct: isYes(infarct, OWN_CODES.maskEdited) },
    reader: readerOf(dataset),
  };
}

function hemisphereOf(groups: readonly NaturalisedDataset[], side: Side): HemisphereResult {
  const isOfSide = (group: NaturalisedDataset) => {
    const site = child(group, CODES.findingSite);
    return site !== undefined && isCode(codeOf(site, CODES.laterality), SIDE_CODES[side]);
  };
  const ofSide = groups.filter(isOfSide);
  const regionGroups = ofSide.filter(group =>
    isCode(codeOf(group, CODES.finding), OWN_CODES.regionAssessment)
  );
  const regions = ASPECTS_REGIONS.map(({ id }) => {
    const group = regionGroups.find(candidate =>
      isCode(codeOf(candidate, CODES.findingSite), REGION_CODES[id])
    );
    if (!group) {
      throw new StoredReportError('DAMAGED', `The stored report has no region ${id} on the ${side}.`);
    }
    return regionOf(group, id);
  });
  return { score: numberOf(groupWith(ofSide, OWN_CODES.hemisphereAssessment), OWN_CODES.aspects), regions };
}

function regionOf(group: NaturalisedDataset, id: RegionResult['id']): RegionResult {
  return {
    id,
    level: isCode(codeOf(group, OWN_CODES.level), OWN_CODES.ganglionic) ? 'ganglionic' : 'supraganglionic',
    volumeMl: numberOf(group, CODES.volume),
    infarctMl: numberOf(group, OWN_CODES.infarctVolume),
    infarctFraction: numberOf(group, OWN_CODES.infarctFraction),
    meanHu: numberOrNull(group, CODES.attenuation),
    contralateralMeanHu: numberOrNull(group, OWN_CODES.contralateralAttenuation),
    affected: isYes(group, OWN_CODES.affected),
    source: isByPerson(group) ? 'reader' : 'model',
    keySlice: keySliceOf(group),
    modelAffected: isYes(group, OWN_CODES.modelAffected),
    probability: numberOrNull(group, OWN_CODES.affectedProbability),
    oldInfarctMl: numberOrNull(group, OWN_CODES.oldInfarctVolume),
    evidence: null,
  };
}

function isByPerson(group: NaturalisedDataset): boolean {
  return isCode(codeOf(group, OWN_CODES.decidedBy), CODES.person);
}

/** Null where the network does not tell old infarct from acute, and in reports of version 1.0. */
function oldInfarctOf(groups: readonly NaturalisedDataset[]): AspectsResult['oldInfarct'] {
  const group = findGroup(groups, OWN_CODES.oldInfarct);
  return group
    ? {
        volumeMl: numberOf(group, OWN_CODES.oldInfarctVolume),
        leftMl: numberOf(group, OWN_CODES.oldInfarctVolumeLeft),
        rightMl: numberOf(group, OWN_CODES.oldInfarctVolumeRight),
        mcaMl: numberOf(group, OWN_CODES.oldInfarctVolumeMca),
        outsideMcaMl: numberOf(group, OWN_CODES.oldInfarctVolumeOutside),
      }
    : null;
}

/** Reports of version 1.0 have the warning alone. */
function haemorrhageOf(
  groups: readonly NaturalisedDataset[],
  dataset: NaturalisedDataset
): AspectsResult['haemorrhage'] {
  const group = findGroup(groups, OWN_CODES.haemorrhage);
  if (group) {
    return {
      volumeMl: numberOf(group, OWN_CODES.haemorrhageVolume),
      hyperdenseMl: numberOf(group, OWN_CODES.hyperdenseVolume),
      suspected: isYes(group, OWN_CODES.haemorrhageSuspected),
      ...(isByPerson(group) && { excludedByReader: true }),
      keySlice: keySliceOf(group),
    };
  }
  const warned = children(dataset, OWN_CODES.qualityWarning)
    .map(warningOf)
    .some(({ code }) => code === 'HEMORRHAGE_SUSPECTED');
  return { volumeMl: 0, hyperdenseMl: 0, suspected: warned, keySlice: null };
}

function keySliceOf(group: NaturalisedDataset): string | null {
  const slice = child(group, CODES.bestIllustration);
  return slice ? imageName(slice) : null;
}

function decidedByEvidence(score: NaturalisedDataset): boolean {
  const aspects = child(score, OWN_CODES.aspects);
  return aspects !== undefined && isCode(codeOf(aspects, CODES.measurementMethod), OWN_CODES.evidenceRule);
}

function numberOrNull(group: NaturalisedDataset, name: CodedConcept): number | null {
  return child(group, name) ? numberOf(group, name) : null;
}

function readerOf(dataset: NaturalisedDataset): ReportReader | undefined {
  const name = textValue(child(dataset, CODES.personObserverName), 'PersonName');
  if (!name) {
    return undefined;
  }
  const verifying = firstItem(dataset, 'VerifyingObserverSequence');
  const organisation = textOf(dataset, CODES.personObserverOrganisation);
  const verifiedAt = isoOfDicomDateTime(textValue(verifying, 'VerificationDateTime'));
  return { name, ...(organisation && { organisation }), ...(verifiedAt && { verifiedAt }) };
}

function warningOf(item: NaturalisedDataset): QualityWarning {
  const [, told, message] = /^(\w+): ([\s\S]*)$/.exec(textValue(item, 'TextValue')) ?? [];
  const code = WARNING_CODES.find(known => known === told);
  if (!code) {
    throw new StoredReportError(
      'DAMAGED',
      'The stored report has a quality warning without a code that is known.'
    );
  }
  return { code, message };
}

function children(parent: NaturalisedDataset, name: CodedConcept): NaturalisedDataset[] {
  return items(parent, 'ContentSequence').filter(item =>
    isCode(firstItem(item, 'ConceptNameCodeSequence'), name)
  );
}

function child(parent: NaturalisedDataset, name: CodedConcept): NaturalisedDataset | undefined {
  return children(parent, name)[0];
}

function findGroup(
  groups: readonly NaturalisedDataset[],
  finding: CodedConcept
): NaturalisedDataset | undefined {
  return groups.find(candidate => isCode(codeOf(candidate, CODES.finding), finding));
}

function groupWith(groups: readonly NaturalisedDataset[], finding: CodedConcept): NaturalisedDataset {
  const group = findGroup(groups, finding);
  if (!group) {
    throw new StoredReportError(
      'DAMAGED',
      `The stored report has no measurement group "${finding.meaning}".`
    );
  }
  return group;
}

function codeOf(parent: NaturalisedDataset, name: CodedConcept) {
  return firstItem(child(parent, name), 'ConceptCodeSequence');
}

function textOf(parent: NaturalisedDataset, name: CodedConcept): string {
  return textValue(child(parent, name), 'TextValue');
}

function isYes(parent: NaturalisedDataset, name: CodedConcept): boolean {
  return isCode(codeOf(parent, name), CODES.yes);
}

function imageName(item: NaturalisedDataset): string {
  return sliceOfReference(firstItem(item, 'ReferencedSOPSequence'));
}

function numberOf(parent: NaturalisedDataset, name: CodedConcept): number {
  const measured = firstItem(child(parent, name), 'MeasuredValueSequence');
  const full = numberValue(measured, 'FloatingPointValue');
  const value = Number.isNaN(full) ? numberValue(measured, 'NumericValue') : full;
  if (Number.isNaN(value)) {
    throw new StoredReportError('DAMAGED', `The stored report has no value for "${name.meaning}".`);
  }
  return value;
}

function keyOf<Key extends string>(
  codes: Readonly<Record<Key, CodedConcept>>,
  item: NaturalisedDataset | undefined
): Key {
  const key = (Object.keys(codes) as Key[]).find(candidate => isCode(item, codes[candidate]));
  if (key === undefined) {
    throw new StoredReportError(
      'DAMAGED',
      `The stored report has an unknown code "${textValue(item, 'CodeValue')}".`
    );
  }
  return key;
}

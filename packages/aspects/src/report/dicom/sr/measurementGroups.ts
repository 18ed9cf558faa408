import type { CodedConcept } from '../../../base/codedConcept';
import type { AspectsResult, RegionResult } from '../../../scoring/aspects/aspectsResult';
import { INFARCT_CLASS } from '../../../scoring/aspects/infarctClasses';
import { ASPECTS_REGIONS, SIDES, segmentIndexOf, type Side } from '../../../scoring/aspects/regions';
import type { ReportInput } from '../../types';
import { AFFECTED_SIDE_CODES, BIN_CODES, CODES, OWN_CODES, REGION_CODES, SIDE_CODES } from '../codes';
import { SEGMENTATION_STORAGE } from '../seg/segSteps';
import { INFARCT_SEGMENT, segmentOfInfarctClass } from '../seg/segmentColours';
import { segLabel, trackingUid } from '../seg/segmentDescriptions';
import type { SegmentFrame } from '../seg/segmentFrames';
import { sliceReference } from '../sourceReferences';
import { contentUid } from '../uid';
import { algorithmItems } from './context';
import {
  codedItem,
  containerItem,
  imageItem,
  numberItem,
  textItem,
  uidItem,
  type ContentItem,
} from './contentItems';

const VOLUMETRIC_ROI = '1411';
const MEASUREMENT_AND_EVALUATION = '1501';

const method = (concept: CodedConcept) => codedItem('HAS CONCEPT MOD', CODES.measurementMethod, concept);
const scoreRule = ({ rule }: AspectsResult) =>
  rule === 'evidence' ? OWN_CODES.evidenceRule : OWN_CODES.scoreRule;
const yesNo = (value: boolean) => (value ? CODES.yes : CODES.no);

/** All measurement groups: the score, each hemisphere, each region of each side, the infarct. */
export function measurementGroups(
  input: ReportInput,
  segSopInstanceUID: string,
  frames: readonly SegmentFrame[]
): ContentItem[] {
  const slicesOfSegment = new Map<number, number[]>();
  for (const { segment, slice, firstPixel, endPixel } of frames) {
    if (endPixel > firstPixel) {
      slicesOfSegment.set(segment, [...(slicesOfSegment.get(segment) ?? []), slice]);
    }
  }
  const roi = (segment: number) =>
    roiItems(input, segSopInstanceUID, segment, slicesOfSegment.get(segment) ?? []);
  return [
    scoreGroup(input),
    ...SIDES.map(side => hemisphereGroup(input, side)),
    ...SIDES.flatMap(side =>
      input.result.hemispheres[side].regions.map(region => regionGroup(input, side, region, roi))
    ),
    infarctGroup(input, roi),
    ...oldInfarctGroup(input, roi),
    haemorrhageGroup(input, roi),
  ];
}

type RoiOf = (segment: number) => ContentItem[];

interface GroupHead {
  readonly trackingId: string;
  readonly trackingUid: string;
  readonly finding: CodedConcept;
  readonly site: CodedConcept;
  readonly side?: Side;
  readonly method?: CodedConcept;
}

/**
 * What TID 1411 and TID 1501 begin with. The tracking UID comes first of all UIDs: hosts take the first.
 */
function groupHead(head: GroupHead): ContentItem[] {
  const laterality = head.side ? [codedItem('HAS CONCEPT MOD', CODES.laterality, SIDE_CODES[head.side])] : [];
  return [
    textItem('HAS OBS CONTEXT', CODES.trackingIdentifier, head.trackingId),
    uidItem('HAS OBS CONTEXT', CODES.trackingUid, head.trackingUid),
    codedItem('CONTAINS', CODES.finding, head.finding),
    ...(head.method ? [method(head.method)] : []),
    codedItem('HAS CONCEPT MOD', CODES.findingSite, head.site, laterality),
  ];
}

/** The segment and the source slices in which it has voxels; none where the structure was not found. */
function roiItems(
  input: ReportInput,
  seg: string,
  segment: number,
  slices: readonly number[]
): ContentItem[] {
  if (slices.length === 0) {
    return [];
  }
  return [
    imageItem(CODES.referencedSegment, {
      ReferencedSOPClassUID: SEGMENTATION_STORAGE,
      ReferencedSOPInstanceUID: seg,
      ReferencedSegmentNumber: segment,
    }),
    ...slices.map(slice =>
      sliceItem(input, CODES.sourceImageForSegmentation, input.series.slices[slice].sopInstanceUID)
    ),
  ];
}

function sliceItem(input: ReportInput, name: CodedConcept, slice: string): ContentItem {
  return imageItem(name, sliceReference(input, slice));
}

function scoreGroup(input: ReportInput): ContentItem {
  const { result, edited } = input;
  return containerItem(
    CODES.measurementGroup,
    [
      ...groupHead({
        trackingId: 'ASPECTS',
        trackingUid: contentUid('tracking', input.series.seriesInstanceUID, 'score'),
        finding: OWN_CODES.aspectsAssessment,
        site: OWN_CODES.mcaTerritory,
        method: CODES.aspectsScoring,
      }),
      ...algorithmItems(result, 'with-models'),
      numberItem(OWN_CODES.aspects, result.score, CODES.score, method(scoreRule(result))),
      codedItem('CONTAINS', OWN_CODES.affectedSide, AFFECTED_SIDE_CODES[result.affectedSide]),
      codedItem('CONTAINS', OWN_CODES.bin, BIN_CODES[result.bin]),
      codedItem('CONTAINS', OWN_CODES.maskEdited, yesNo(Boolean(edited?.regions))),
      ...result.levels.ganglionic.map(uid => sliceItem(input, OWN_CODES.ganglionic, uid)),
      ...result.levels.supraganglionic.map(uid => sliceItem(input, OWN_CODES.supraganglionic, uid)),
    ],
    MEASUREMENT_AND_EVALUATION
  );
}

function hemisphereGroup(input: ReportInput, side: Side): ContentItem {
  return containerItem(
    CODES.measurementGroup,
    [
      ...groupHead({
        trackingId: `ASPECTS (${side === 'left' ? 'L' : 'R'})`,
        trackingUid: contentUid('tracking', input.series.seriesInstanceUID, `score-${side}`),
        finding: OWN_CODES.hemisphereAssessment,
        site: CODES.cerebralHemisphere,
        method: CODES.aspectsScoring,
        side,
      }),
      ...algorithmItems(input.result),
      numberItem(
        OWN_CODES.aspects,
        input.result.hemispheres[side].score,
        CODES.score,
        method(scoreRule(input.result))
      ),
    ],
    MEASUREMENT_AND_EVALUATION
  );
}

function regionGroup(input: ReportInput, side: Side, region: RegionResult, roiOf: RoiOf): ContentItem {
  const segment = segmentIndexOf(region.id, side);
  const roi = roiOf(segment);
  const level = ASPECTS_REGIONS.find(({ id }) => id === region.id)?.level ?? region.level;
  return containerItem(
    CODES.measurementGroup,
    [
      ...groupHead({
        trackingId: segLabel(segment),
        trackingUid: trackingUid(input.series.seriesInstanceUID, segment),
        finding: OWN_CODES.regionAssessment,
        site: REGION_CODES[region.id],
        method: CODES.aspectsScoring,
        side,
      }),
      ...roi,
      ...algorithmItems(input.result),
      ...regionNumbers(region),
      codedItem('CONTAINS', OWN_CODES.affected, yesNo(region.affected)),
      codedItem('CONTAINS', OWN_CODES.modelAffected, yesNo(region.modelAffected)),
      codedItem('CONTAINS', OWN_CODES.decidedBy, region.source === 'reader' ? CODES.person : CODES.device),
      codedItem('CONTAINS', OWN_CODES.level, OWN_CODES[level]),
      ...keySliceItems(input, region.keySlice),
    ],
    roi.length > 0 ? VOLUMETRIC_ROI : MEASUREMENT_AND_EVALUATION
  );
}

function keySliceItems(input: ReportInput, keySlice: string | null): ContentItem[] {
  return keySlice === null ? [] : [sliceItem(input, CODES.bestIllustration, keySlice)];
}

function regionNumbers(region: RegionResult): ContentItem[] {
  const voxels = method(CODES.sumOfVoxels);
  const mean = codedItem('HAS CONCEPT MOD', CODES.derivation, CODES.mean);
  const { meanHu, contralateralMeanHu, oldInfarctMl, probability } = region;
  return [
    numberItem(CODES.volume, region.volumeMl, CODES.millilitre, voxels),
    numberItem(OWN_CODES.infarctVolume, region.infarctMl, CODES.millilitre, voxels),
    numberItem(OWN_CODES.infarctFraction, region.infarctFraction, CODES.unity, method(OWN_CODES.regionRatio)),
    ...(meanHu === null ? [] : [numberItem(CODES.attenuation, meanHu, CODES.hounsfield, mean)]),
    ...(contralateralMeanHu === null
      ? []
      : [numberItem(OWN_CODES.contralateralAttenuation, contralateralMeanHu, CODES.hounsfield, mean)]),
    ...(oldInfarctMl === null
      ? []
      : [numberItem(OWN_CODES.oldInfarctVolume, oldInfarctMl, CODES.millilitre, voxels)]),
    ...(probability === null
      ? []
      : [
          numberItem(OWN_CODES.affectedProbability, probability, CODES.unity, method(OWN_CODES.evidenceRule)),
        ]),
  ];
}

function infarctGroup(input: ReportInput, roiOf: RoiOf): ContentItem {
  const { infarct } = input.result;
  const voxels = method(CODES.sumOfVoxels);
  return brainGroup(input, INFARCT_SEGMENT, OWN_CODES.infarct, roiOf, [
    numberItem(OWN_CODES.infarctVolume, infarct.volumeMl, CODES.millilitre, voxels),
    numberItem(OWN_CODES.infarctVolumeLeft, infarct.leftMl, CODES.millilitre, voxels),
    numberItem(OWN_CODES.infarctVolumeRight, infarct.rightMl, CODES.millilitre, voxels),
    numberItem(OWN_CODES.infarctVolumeMca, infarct.mcaMl, CODES.millilitre, voxels),
    numberItem(OWN_CODES.infarctVolumeOutside, infarct.outsideMcaMl, CODES.millilitre, voxels),
    numberItem(
      OWN_CODES.territoryFraction,
      infarct.fractionOfMca,
      CODES.unity,
      method(OWN_CODES.regionRatio)
    ),
    codedItem('CONTAINS', OWN_CODES.maskEdited, yesNo(Boolean(input.edited?.infarct))),
  ]);
}

/** Absent where the network does not tell old infarct from acute. */
function oldInfarctGroup(input: ReportInput, roiOf: RoiOf): ContentItem[] {
  const { oldInfarct } = input.result;
  if (!oldInfarct) {
    return [];
  }
  const ml = (name: CodedConcept, value: number) =>
    numberItem(name, value, CODES.millilitre, method(CODES.sumOfVoxels));
  const items = [
    ml(OWN_CODES.oldInfarctVolume, oldInfarct.volumeMl),
    ml(OWN_CODES.oldInfarctVolumeLeft, oldInfarct.leftMl),
    ml(OWN_CODES.oldInfarctVolumeRight, oldInfarct.rightMl),
    ml(OWN_CODES.oldInfarctVolumeMca, oldInfarct.mcaMl),
    ml(OWN_CODES.oldInfarctVolumeOutside, oldInfarct.outsideMcaMl),
  ];
  return [brainGroup(input, segmentOfInfarctClass(INFARCT_CLASS.old), OWN_CODES.oldInfarct, roiOf, items)];
}

function haemorrhageGroup(input: ReportInput, roiOf: RoiOf): ContentItem {
  const { volumeMl, hyperdenseMl, suspected, excludedByReader, keySlice } = input.result.haemorrhage;
  return brainGroup(input, segmentOfInfarctClass(INFARCT_CLASS.haemorrhage), OWN_CODES.haemorrhage, roiOf, [
    numberItem(OWN_CODES.haemorrhageVolume, volumeMl, CODES.millilitre, method(CODES.sumOfVoxels)),
    numberItem(OWN_CODES.hyperdenseVolume, hyperdenseMl, CODES.millilitre, method(CODES.sumOfVoxels)),
    codedItem('CONTAINS', OWN_CODES.haemorrhageSuspected, yesNo(suspected)),
    ...(excludedByReader ? [codedItem('CONTAINS', OWN_CODES.decidedBy, CODES.person)] : []),
    ...keySliceItems(input, keySlice),
  ]);
}

/** A finding of the whole brain, with the segment that shows it where there is one. */
function brainGroup(
  input: ReportInput,
  segment: number,
  finding: CodedConcept,
  roiOf: RoiOf,
  contents: readonly ContentItem[]
): ContentItem {
  const roi = roiOf(segment);
  return containerItem(
    CODES.measurementGroup,
    [
      ...groupHead({
        trackingId: segLabel(segment),
        trackingUid: trackingUid(input.series.seriesInstanceUID, segment),
        finding,
        site: CODES.brain,
      }),
      ...roi,
      ...algorithmItems(input.result),
      ...contents,
    ],
    roi.length > 0 ? VOLUMETRIC_ROI : MEASUREMENT_AND_EVALUATION
  );
}

import dcmjs, { type NaturalisedDataset } from 'dcmjs';
import type { ModelIdentity } from '../../../scoring/aspects/aspectsResult';
import { regionOfSegment, segmentLabel } from '../../../scoring/aspects/regions';
import type { ReportInput } from '../../types';
import { CODES, codeItem, OWN_CODES, REGION_ANATOMY, REGION_CODES, SIDE_CODES } from '../codes';
import { MANUFACTURER } from '../modules';
import { contentUid } from '../uid';
import { boundedText } from '../values';
import { infarctClassOfSegment, LAST_SEGMENT, segmentColour } from './segmentColours';

/**
 * UID that follows one structure of one series through every version of its report (SEG segment
 * and SR group).
 */
export function trackingUid(seriesInstanceUID: string, segmentNumber: number): string {
  return contentUid('tracking', seriesInstanceUID, String(segmentNumber));
}

const INFARCT_SEGMENTS = [
  { label: 'Acute infarct', code: OWN_CODES.infarct },
  { label: 'Old infarct', code: OWN_CODES.oldInfarct },
  { label: 'Haemorrhage (suspected)', code: OWN_CODES.haemorrhage },
];

/** Label of segment 1-23, e.g. `M6 (R)`, `Acute infarct`. */
export function segLabel(segmentNumber: number): string {
  return INFARCT_SEGMENTS[infarctClassOfSegment(segmentNumber) - 1]?.label ?? segmentLabel(segmentNumber);
}

/**
 * The Segment Sequence (PS3.3 C.8.20.4): always all 23 segments, so that a segment's number means the same in
 * every object; a segment without voxels has no frames.
 */
export function segmentDescriptions(input: ReportInput): NaturalisedDataset[] {
  return Array.from({ length: LAST_SEGMENT }, (_, index) => segmentDescription(input, index + 1));
}

function segmentDescription(input: ReportInput, segment: number): NaturalisedDataset {
  const ofInfarct = infarctClassOfSegment(segment) > 0;
  const edited = ofInfarct ? input.edited?.infarct : input.edited?.regions;
  const model = input.result.models.find(({ task }) => task === (ofInfarct ? 'infarct' : 'anatomy'));
  return {
    SegmentNumber: segment,
    SegmentLabel: segLabel(segment),
    SegmentAlgorithmType: edited ? 'SEMIAUTOMATIC' : 'AUTOMATIC',
    SegmentAlgorithmName: boundedText(model?.name ?? input.result.software.name, 64),
    RecommendedDisplayCIELabValue: dcmjs.data.Colors.rgb2DICOMLAB(
      segmentColour(segment).map(c => c / 255)
    ).map(Math.round),
    TrackingID: segLabel(segment),
    TrackingUID: trackingUid(input.series.seriesInstanceUID, segment),
    ...(model && { SegmentationAlgorithmIdentificationSequence: [algorithmIdentification(model)] }),
    ...propertyCodes(segment),
  };
}

/** Category, type, anatomy and laterality (PS3.3 C.8.20.4, 10.5). */
function propertyCodes(segment: number): NaturalisedDataset {
  const found = regionOfSegment(segment);
  if (!found) {
    return {
      SegmentedPropertyCategoryCodeSequence: [codeItem(CODES.abnormalStructure)],
      SegmentedPropertyTypeCodeSequence: [
        codeItem(INFARCT_SEGMENTS[infarctClassOfSegment(segment) - 1].code),
      ],
      AnatomicRegionSequence: [codeItem(CODES.brain)],
    };
  }
  const side = [codeItem(SIDE_CODES[found.side])];
  return {
    SegmentedPropertyCategoryCodeSequence: [codeItem(CODES.anatomicalStructure)],
    SegmentedPropertyTypeCodeSequence: [
      { ...codeItem(REGION_CODES[found.region.id]), SegmentedPropertyTypeModifierCodeSequence: side },
    ],
    AnatomicRegionSequence: [
      { ...codeItem(REGION_ANATOMY[found.region.id]), AnatomicRegionModifierSequence: side },
    ],
  };
}

/** Algorithm Identification macro (PS3.3 10.16): name, version and the hash of the model file. */
function algorithmIdentification(model: ModelIdentity): NaturalisedDataset {
  return {
    AlgorithmFamilyCodeSequence: [codeItem(CODES.artificialIntelligence)],
    AlgorithmName: boundedText(model.name, 64),
    AlgorithmVersion: boundedText(model.version, 64),
    AlgorithmParameters: boundedText(`architecture=${model.architecture} sha256=${model.sha256}`, 10240),
    AlgorithmSource: MANUFACTURER,
  };
}

import type { AspectsResult } from '../../scoring/aspects/aspectsResult';
import { SIDES } from '../../scoring/aspects/regions';
import { WORTH_SAYING_ML } from './worthSaying';

/** Whether a reader has changed the reading of a region, or excluded a haemorrhage. */
export function isChangedByReader({ haemorrhage, hemispheres }: AspectsResult): boolean {
  return (
    haemorrhage.excludedByReader === true ||
    SIDES.some(side => hemispheres[side].regions.some(region => region.source === 'reader'))
  );
}

/**
 * The result in the at most 64 characters of a DICOM series description (LO, PS3.5 6.2): "ASPECTS 6 left,
 * acute 32 ml, changed by the reader". Every worklist shows it, with or without knowledge of SEG and SR.
 * @param edited Whether a reader has changed a mask by hand.
 */
export function resultDescription(result: AspectsResult, edited = false): string {
  const { score, affectedSide } = result;
  const side = { left: ' left', right: ' right', both: ' both sides', none: '' }[affectedSide];
  return joined(
    `ASPECTS ${score}${side}`,
    isHaemorrhageSuspected(result) ? 'haemorrhage?' : acuteVolume(result),
    edited || isChangedByReader(result) ? 'changed by the reader' : ''
  );
}

/** The score does not apply then: whoever sorts a worklist must see it before the volume of an infarct. */
function isHaemorrhageSuspected({ warnings }: AspectsResult): boolean {
  return warnings.some(({ code }) => code === 'HEMORRHAGE_SUSPECTED');
}

/** The same of the masks alone: they stay what they are when a reader reads a region otherwise. */
export function masksDescription(result: AspectsResult, edited: boolean): string {
  return joined('ASPECTS regions', acuteVolume(result), edited ? 'edited by the reader' : '');
}

/** Of what counts; acute only where the network tells old from acute. */
function acuteVolume({ affectedSide, infarct, oldInfarct }: AspectsResult): string {
  if (infarct.volumeMl < WORTH_SAYING_ML) {
    return oldInfarct ? 'no acute infarct' : 'no hypodensity';
  }
  const isOutside = affectedSide === 'none' && infarct.outsideMcaMl >= infarct.volumeMl / 2;
  // Decimals only where they say something.
  const volume = infarct.volumeMl.toFixed(infarct.volumeMl < 10 ? 1 : 0);
  return `${oldInfarct ? 'acute' : 'hypodense'} ${volume} ml${isOutside ? ' outside MCA' : ''}`;
}

function joined(...parts: readonly string[]): string {
  return parts.filter(Boolean).join(', ');
}

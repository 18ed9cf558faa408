import type { CtInstanceMetadata } from './ctInstance';
import { descriptionOf } from './description';
import { cross, degrees } from './vec3';

/** What an instance is, as far as its metadata tell. Only `axial` can be scored. */
export type InstanceKind =
  'axial' | 'not-ct' | 'secondary-capture' | 'localizer' | 'missing-geometry' | 'not-axial';

const CT_SOP_CLASSES = [
  '1.2.840.10008.5.1.4.1.1.2',
  '1.2.840.10008.5.1.4.1.1.2.1',
  '1.2.840.10008.5.1.4.1.1.2.2',
];
const SECONDARY_CAPTURE_ROOT = '1.2.840.10008.5.1.4.1.1.7';
const SCREEN_IMAGE_TYPES = ['SCREEN SAVE', 'DOSE_INFO', 'REF_SURVIEW', 'RESULT', 'PROT', 'EXAM SUMMARY'];
const LOCALIZER_IMAGE_TYPES = ['LOCALIZER', 'SCOUT', 'TOPOGRAM', 'SURVIEW'];
const LOCALIZER_DESCRIPTION = /\b(localizer|localiser|scout|topogram|surview|scanogram)\b/i;
/** Gantries tilt by up to 30 degrees; beyond this a slice shows something else than the ASPECTS levels. */
const MAX_AXIAL_ANGLE_DEG = 40;

export function instanceKind(instance: CtInstanceMetadata): InstanceKind {
  const types = (instance.imageType ?? []).map(value => value.toUpperCase());
  if (isScreenCapture(instance, types)) {
    return 'secondary-capture';
  }
  if (!isCt(instance) || !isHounsfield(instance)) {
    return 'not-ct';
  }
  if (types.some(type => LOCALIZER_IMAGE_TYPES.includes(type)) || describesLocalizer(instance)) {
    return 'localizer';
  }
  if (missingGeometry(instance).length > 0) {
    return 'missing-geometry';
  }
  return angleToAxial(instance) <= MAX_AXIAL_ANGLE_DEG ? 'axial' : 'not-axial';
}

/** Names of the attributes without which a slice has no place and size; empty for a complete instance. */
export function missingGeometry(instance: CtInstanceMetadata): string[] {
  const { rows, columns, pixelSpacing, imagePositionPatient, imageOrientationPatient } = instance;
  const missing: string[] = [];
  if (!rows || !columns) {
    missing.push('Rows and Columns (0028,0010), (0028,0011)');
  }
  if (!pixelSpacing || pixelSpacing.length !== 2 || !pixelSpacing.every(value => value > 0 && value < 10)) {
    missing.push('Pixel Spacing (0028,0030)');
  }
  if (!isFiniteTuple(imagePositionPatient, 3)) {
    missing.push('Image Position (Patient) (0020,0032)');
  }
  if (
    !isFiniteTuple(imageOrientationPatient, 6) ||
    !isOrthonormal(imageOrientationPatient as readonly number[])
  ) {
    missing.push('Image Orientation (Patient) (0020,0037)');
  }
  return missing;
}

function isScreenCapture(instance: CtInstanceMetadata, types: readonly string[]): boolean {
  const sopClass = instance.sopClassUID ?? '';
  return (
    sopClass === SECONDARY_CAPTURE_ROOT ||
    sopClass.startsWith(`${SECONDARY_CAPTURE_ROOT}.`) ||
    (instance.samplesPerPixel ?? 1) > 1 ||
    !isGrey(instance) ||
    (isCt(instance) && types.some(type => SCREEN_IMAGE_TYPES.includes(type)))
  );
}

/** What is given in colours, or by a palette, holds no attenuation. */
function isGrey({ photometricInterpretation }: CtInstanceMetadata): boolean {
  const form = (photometricInterpretation ?? '').trim().toUpperCase();
  return form === '' || form.startsWith('MONOCHROME');
}

function isCt(instance: CtInstanceMetadata): boolean {
  const { modality, sopClassUID } = instance;
  if (sopClassUID !== undefined && !CT_SOP_CLASSES.includes(sopClassUID)) {
    return false;
  }
  return modality === undefined ? sopClassUID !== undefined : modality.trim().toUpperCase() === 'CT';
}

/**
 * Rescale Type (PS3.3 C.11.1.1.2): absent and US (unspecified) count as HU, and so does the unit written out;
 * densities and atomic numbers are no HU.
 */
function isHounsfield({ rescaleType }: CtInstanceMetadata): boolean {
  const type = (rescaleType ?? '').trim().toUpperCase();
  return ['', 'HU', 'HU_MOD', 'US', 'UNSPECIFIED'].includes(type) || type.startsWith('HOUNSFIELD');
}

/** A description alone counts only where the image lies like a radiograph or has no orientation. */
function describesLocalizer(instance: CtInstanceMetadata): boolean {
  if (!LOCALIZER_DESCRIPTION.test(descriptionOf(instance))) {
    return false;
  }
  return !instance.imageOrientationPatient || !(angleToAxial(instance) <= MAX_AXIAL_ANGLE_DEG);
}

function angleToAxial(instance: CtInstanceMetadata): number {
  const o = instance.imageOrientationPatient as readonly number[];
  const normal = cross([o[0], o[1], o[2]], [o[3], o[4], o[5]]);
  return degrees(Math.acos(Math.min(1, Math.abs(normal[2]))));
}

function isFiniteTuple(value: readonly number[] | undefined, size: number): boolean {
  return value !== undefined && value.length === size && value.every(Number.isFinite);
}

function isOrthonormal(o: readonly number[]): boolean {
  const a = Math.hypot(o[0], o[1], o[2]);
  const b = Math.hypot(o[3], o[4], o[5]);
  const across = o[0] * o[3] + o[1] * o[4] + o[2] * o[5];
  return Math.abs(a - 1) < 0.01 && Math.abs(b - 1) < 0.01 && Math.abs(across) < 0.01;
}

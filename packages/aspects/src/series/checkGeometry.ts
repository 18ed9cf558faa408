import type { CtInstanceMetadata } from './ctInstance';
import type { Vec3 } from './headCtSeries';
import { Refusal } from '../base/refusal';
import { inPlaneAxes, sliceDistances } from './sliceGeometry';
import type { SliceStack } from './stackSlices';
import { median } from './statistics';
import { dot } from './vec3';

/**
 * Limits that hold for every patient on every scanner: anything beyond is a wrong number, and may
 * take all memory.
 */
const GREATEST_PIXEL_MM = 5;
/** The widest reconstruction is 80 cm. */
const FIELD_OF_VIEW_MM: readonly [number, number] = [30, 1000];
/** Tables travel 2 m; anonymisers and other origins shift by more. */
const GREATEST_POSITION_MM = 8000;
const GREATEST_LENGTH_MM = 2200;
const GREATEST_DISTANCE_MM = 60;
/** How far a slice may be shifted against the one before, beyond what the tilt explains, mm. */
const GREATEST_STEP_MM = 100;
/** Shear of a tilted stack: tan of 40 degrees. */
const GREATEST_SHEAR = 0.84;

/**
 * Refuses positions, spacings and extents that no head CT has, from the metadata alone: before any
 * memory is asked for.
 *
 * @throws Refusal IMPLAUSIBLE_GEOMETRY with the number.
 */
export function checkGeometry(stack: SliceStack<CtInstanceMetadata>): void {
  const [first] = stack.instances;
  const [rowSpacing, columnSpacing] = first.pixelSpacing as readonly [number, number];
  const fieldOfView = [columnSpacing * (first.columns as number), rowSpacing * (first.rows as number)];
  if (
    Math.max(rowSpacing, columnSpacing) > GREATEST_PIXEL_MM ||
    fieldOfView.some(size => size < FIELD_OF_VIEW_MM[0] || size > FIELD_OF_VIEW_MM[1])
  ) {
    const size = fieldOfView.map(value => value.toFixed(0)).join(' x ');
    throw implausible(`Pixels of ${columnSpacing} x ${rowSpacing} mm show a field of ${size} mm`, {
      pixelSpacing: first.pixelSpacing,
      fieldOfView,
    });
  }
  const far = stack.instances.find(({ imagePositionPatient }) =>
    (imagePositionPatient as Vec3).some(value => Math.abs(value) > GREATEST_POSITION_MM)
  );
  if (far) {
    throw misplaced(far, 'lies metres away from the scanner');
  }
  refuseLength(stack.planeOffsetsMm);
  refuseSteps(stack);
}

function refuseLength(planeOffsetsMm: readonly number[]): void {
  const lengthMm = planeOffsetsMm[planeOffsetsMm.length - 1] - planeOffsetsMm[0];
  const distanceMm = median(sliceDistances(planeOffsetsMm));
  if (lengthMm > GREATEST_LENGTH_MM || distanceMm > GREATEST_DISTANCE_MM) {
    throw implausible(
      `Slices ${distanceMm.toFixed(0)} mm apart show ${lengthMm.toFixed(0)} mm of a patient`,
      {
        lengthMm,
        distanceMm,
      }
    );
  }
}

function refuseSteps({ instances, planeOffsetsMm, normal }: SliceStack<CtInstanceMetadata>): void {
  const { left, posterior } = inPlaneAxes(normal);
  const places = instances.map(({ imagePositionPatient }) => {
    const position = imagePositionPatient as Vec3;
    return [dot(left, position), dot(posterior, position)] as const;
  });
  for (let i = 1; i < places.length; i++) {
    const step = Math.hypot(places[i][0] - places[i - 1][0], places[i][1] - places[i - 1][1]);
    if (step > GREATEST_STEP_MM + GREATEST_SHEAR * (planeOffsetsMm[i] - planeOffsetsMm[i - 1])) {
      throw misplaced(instances[i], `lies ${step.toFixed(0)} mm to the side of the slice before`);
    }
  }
}

function misplaced({ sopInstanceUID, imagePositionPatient }: CtInstanceMetadata, where: string): Refusal {
  return implausible(`Slice ${sopInstanceUID} ${where}`, { sopInstanceUID, imagePositionPatient });
}

function implausible(what: string, details: Readonly<Record<string, unknown>>): Refusal {
  return new Refusal(
    'IMPLAUSIBLE_GEOMETRY',
    `${what}: no head CT has that. Positions or pixel spacing are wrong; have the series sent again from the scanner.`,
    details
  );
}

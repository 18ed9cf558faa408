import type { CtInstanceMetadata } from './ctInstance';
import type { QualityWarning, Vec3 } from './headCtSeries';
import { sliceDistances } from './sliceGeometry';
import type { SliceStack } from './stackSlices';
import { median } from './statistics';
import { degrees, dot, length, subtract } from './vec3';

/** Two statements of one length may differ by this part: scanners round, and step the table unevenly. */
const AGREEING_PART = 0.06;
/** Image matrices of scanners: a smaller one is cut out of one of these, and keeps the pixels' size. */
const FULL_MATRICES = [256, 512, 768, 1024];
/** Slices this much farther apart than they are thick leave gaps that no scan of a head has. */
const GREATEST_PITCH = 1.12;
/** Thinner ones are spaced by intention. */
const LEAST_PITCHED_MM = 2;
/** Of all slices or distances. */
const MOST = 0.75;
/** A tag names what the gantry was set to; a smaller tilt, or a smaller difference, shears by little. */
const LEAST_TILT_DEG = 5;
const AGREEING_TILT_DEG = 4;
/** Of images made from tilted slices in other planes: the tag is then that of the slices. */
const RESAMPLED = /MPR|REFORMAT|RESAMPLE|AVERAGE|SECONDARY/i;

/**
 * Lengths and the tilt that a series states twice, and differently: one of the two is wrong, and volumes with
 * it. A head that is a fifth too small or too flat looks like another head, so that images alone do not tell.
 * Positions, orientation and Pixel Spacing are what is scored by.
 */
export function contradictions(stack: SliceStack<CtInstanceMetadata>): QualityWarning[] {
  return [...distanceContradictions(stack), ...pixelContradictions(stack), ...tiltContradictions(stack)].map(
    what => ({
      code: 'LOW_CONFIDENCE',
      message: `${what}: volumes are wrong if the images lie otherwise than they say.`,
    })
  );
}

function distanceContradictions({
  instances,
  planeOffsetsMm,
  normal,
}: SliceStack<CtInstanceMetadata>): string[] {
  const distances = sliceDistances(planeOffsetsMm);
  // Tables move along the body, and planes lie along their normal: of a tilted gantry the one is longer.
  const alongBody = distances.map(distance => distance / Math.abs(normal[2]));
  const fits = (stated: readonly number[]): boolean =>
    [distances, alongBody].some(held => near(median(stated.map((value, i) => value / held[i])), 1));
  const told = (mm: readonly number[], what: string): string[] =>
    fits(mm)
      ? []
      : [
          `Slices lie ${median(distances).toFixed(1)} mm apart by their positions, and ${median(mm).toFixed(1)} mm by ${what}`,
        ];
  const locations = known(instances.map(({ sliceLocation }) => sliceLocation));
  const steps = locations ? sliceDistances(locations) : [];
  const isMonotonic = [1, -1].some(sign => steps.every(step => sign * step > 0));
  const spacings = known(instances.map(({ spacingBetweenSlices }) => spacingBetweenSlices || undefined));
  const thickness = known(instances.map(({ sliceThickness }) => sliceThickness || undefined));
  const pitches = thickness
    ? distances.map((distance, i) => distance / Math.max(LEAST_PITCHED_MM, thickness[i], thickness[i + 1]))
    : [];
  const isPitched = pitches.filter(pitch => pitch > GREATEST_PITCH).length > MOST * distances.length;
  const gaps = isPitched
    ? [
        `Slices lie ${median(pitches).toFixed(1)} times as far apart as they are thick, with gaps between them`,
      ]
    : [];
  return [
    ...(isMonotonic && steps.length > 0 ? told(steps.map(Math.abs), 'Slice Location (0020,1041)') : []),
    ...(spacings ? told(spacings.slice(1).map(Math.abs), 'Spacing Between Slices (0018,0088)') : gaps),
  ];
}

function pixelContradictions({ instances: [first] }: SliceStack<CtInstanceMetadata>): string[] {
  const [rowSpacing, columnSpacing] = first.pixelSpacing as readonly [number, number];
  const { reconstructionDiameter: diameter, imagerPixelSpacing: imager } = first;
  const size = Math.max(first.rows as number, first.columns as number);
  const spacing = Math.max(rowSpacing, columnSpacing);
  const isFull = (matrix: number): boolean => near((diameter as number) / matrix, spacing);
  return [
    ...(near(rowSpacing, columnSpacing)
      ? []
      : [`Pixels of ${rowSpacing} x ${columnSpacing} mm are no squares, as scanners make them`]),
    ...(diameter && ![size, ...FULL_MATRICES].some(isFull)
      ? [
          `Pixels of ${spacing} mm do not make up the field of ${diameter} mm (Reconstruction Diameter (0018,1100))`,
        ]
      : []),
    ...(imager && !(near(imager[0], rowSpacing) && near(imager[1], columnSpacing))
      ? [
          `Pixel Spacing of ${spacing} mm contradicts Imager Pixel Spacing (0018,1164) of ${Math.max(...imager)} mm`,
        ]
      : []),
  ];
}

/**
 * Slices of a tilted gantry lie one behind the other along the table, not along their normal. Where positions
 * and orientation do not show that angle, the head is sheared: it cannot be seen in the images, since a
 * sheared head has the shape of another one.
 */
function tiltContradictions({ instances, normal }: SliceStack<CtInstanceMetadata>): string[] {
  const tagged = Math.abs(median(instances.map(({ gantryDetectorTilt }) => gantryDetectorTilt ?? 0)));
  const [first, last] = [instances[0], instances[instances.length - 1]];
  const isResampled = first.imageType?.some(type => RESAMPLED.test(type));
  if (tagged < LEAST_TILT_DEG || isResampled) {
    return [];
  }
  const [lower, upper] = [first, last].map(({ imagePositionPatient }) => imagePositionPatient as Vec3);
  const along = subtract(upper, lower);
  const shown = degrees(Math.acos(Math.min(1, Math.abs(dot(along, normal)) / length(along))));
  return Math.abs(shown - tagged) > AGREEING_TILT_DEG
    ? [
        `Positions and orientation show a gantry tilt of ${shown.toFixed(0)} degrees, and Gantry/Detector Tilt (0018,1120) ` +
          `says ${tagged.toFixed(0)}`,
      ]
    : [];
}

function near(a: number, b: number): boolean {
  return Math.abs(a / b - 1) <= AGREEING_PART;
}

/** All values, or nothing where one is missing. */
function known(values: readonly (number | undefined)[]): number[] | undefined {
  return values.every(value => value !== undefined) ? (values as number[]) : undefined;
}

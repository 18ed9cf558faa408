import type { CtInstanceMetadata } from './ctInstance';
import { hasContrastAgent } from './description';
import type { Vec3 } from './headCtSeries';
import { kernelKind } from './kernel';
import { Refusal } from '../base/refusal';
import { headwardNormal, sliceExtents } from './sliceGeometry';
import { median } from './statistics';
import { cross, degrees, dot, length, normalise } from './vec3';

/** Two planes closer than this are one: positions are written with at least this precision. */
const SAME_PLANE_MM = 0.05;
const SAME_DIRECTION_DEG = 0.6;
/** Share of the slices that must agree in orientation, size and spacing; the rest may be left out. */
const AGREEING_SHARE = 0.75;
/**
 * From this many images a plane, the series is a dynamic one (perfusion) and no single time point
 * is "the" scan.
 */
const DYNAMIC_IMAGES_PER_PLANE = 3;

/**
 * An acquisition with this part of the images of the largest is a whole scan too: the earlier one is
 * the plain one.
 */
const WHOLE_SHARE = 0.8;
/**
 * Fewer images than this that show again what is shown are the seam of two rotations, not a repeated scan.
 */
const LEAST_REPEATED = 3;

/** Fit slices in order, with the geometry that they share. */
export interface SliceStack<T extends CtInstanceMetadata> {
  readonly instances: readonly T[];
  readonly planeOffsetsMm: readonly number[];
  readonly rowDirection: Vec3;
  readonly columnDirection: Vec3;
  readonly normal: Vec3;
  /** Left out for another orientation, size or spacing. */
  readonly strayCount: number;
  /**
   * Left out because another image shows the same plane, though nothing tells which of the two is
   * the plain scan's.
   */
  readonly ambiguousCount: number;
}

/**
 * Puts axial instances (geometry complete) in order along their normal, caudal to cranial, one image a plane.
 *
 * Up to a quarter of the images may differ in orientation, size or spacing and is left out (a stray reformat,
 * a second tilt); more is INCONSISTENT_SERIES. Of several images of one plane the one without contrast agent,
 * with the softer kernel, primary rather than secondary (annotated, projected), from the earliest of the
 * acquisitions with about the most images stays, also where a second acquisition's planes lie between the
 * first one's; three or more a plane throughout is a dynamic series and INCONSISTENT_SERIES.
 */
export function stackSlices<T extends CtInstanceMetadata>(instances: readonly T[]): SliceStack<T> {
  const unique = [...new Map(instances.map(instance => [instance.sopInstanceUID, instance])).values()];
  const agreeing = largestAgreeingGroup(unique);
  const [rowDirection, columnDirection] = directions(agreeing[0]);
  const normal = headwardNormal(rowDirection, columnDirection);
  const planes = groupByPlane(agreeing, normal);
  const imagesPerPlane = median(planes.map(plane => plane.images.length));
  if (planes.length === 1 && agreeing.length >= DYNAMIC_IMAGES_PER_PLANE) {
    throw new Refusal(
      'INCONSISTENT_SERIES',
      `All ${agreeing.length} images have the same Image Position (Patient) (0020,0032), so that their order is unknown. ` +
        'Have the series sent again from the scanner.',
      { images: agreeing.length }
    );
  }
  if (imagesPerPlane >= DYNAMIC_IMAGES_PER_PLANE) {
    throw new Refusal(
      'INCONSISTENT_SERIES',
      `The series shows each plane ${imagesPerPlane} times (a perfusion or dynamic series). Choose the plain head CT.`,
      { imagesPerPlane, planes: planes.length }
    );
  }
  const kept = groupByPlane(withoutRepeats(agreeing, normal), normal);
  const chosen = kept.map(plane => preferredImage(plane.images, agreeing));
  const ambiguous = kept.flatMap(({ images }, i) =>
    images.filter(image => image !== chosen[i] && acquisitionKey(image) === acquisitionKey(chosen[i]))
  );
  return {
    instances: chosen,
    planeOffsetsMm: chosen.map(instance => dot(normal, instance.imagePositionPatient as Vec3)),
    rowDirection,
    columnDirection,
    normal,
    strayCount: unique.length - agreeing.length,
    ambiguousCount: ambiguous.length,
  };
}

function largestAgreeingGroup<T extends CtInstanceMetadata>(instances: readonly T[]): T[] {
  const groups: T[][] = [];
  // Some anonymisers take the frame of reference from some images only.
  const frames = new Set(instances.map(({ frameOfReferenceUID }) => frameOfReferenceUID).filter(Boolean));
  const inFrame = (a: T, b: T): boolean =>
    frames.size < 2 || (a.frameOfReferenceUID ?? '') === (b.frameOfReferenceUID ?? '');
  for (const instance of instances) {
    const group = groups.find(([first]) => inFrame(first, instance) && agree(first, instance));
    if (group) {
      group.push(instance);
    } else {
      groups.push([instance]);
    }
  }
  groups.sort((a, b) => b.length - a.length);
  if (groups[0].length < AGREEING_SHARE * instances.length) {
    throw new Refusal(
      'INCONSISTENT_SERIES',
      'The images of the series differ in orientation, matrix size, pixel spacing or frame of reference, so that they do ' +
        'not form one stack. Choose a series from one acquisition.',
      { groups: groups.map(group => ({ images: group.length, first: describeGeometry(group[0]) })) }
    );
  }
  return groups[0];
}

function agree(a: CtInstanceMetadata, b: CtInstanceMetadata): boolean {
  const [rowA, columnA] = directions(a);
  const [rowB, columnB] = directions(b);
  const spacingA = a.pixelSpacing as readonly number[];
  const spacingB = b.pixelSpacing as readonly number[];
  return (
    a.rows === b.rows &&
    a.columns === b.columns &&
    spacingA.every((value, i) => Math.abs(value / spacingB[i] - 1) < 0.005) &&
    angleBetween(rowA, rowB) < SAME_DIRECTION_DEG &&
    angleBetween(columnA, columnB) < SAME_DIRECTION_DEG
  );
}

function describeGeometry(instance: CtInstanceMetadata): Readonly<Record<string, unknown>> {
  const { sopInstanceUID, rows, columns, pixelSpacing, imageOrientationPatient, frameOfReferenceUID } =
    instance;
  return { sopInstanceUID, rows, columns, pixelSpacing, imageOrientationPatient, frameOfReferenceUID };
}

function directions(instance: CtInstanceMetadata): [Vec3, Vec3] {
  const o = instance.imageOrientationPatient as readonly number[];
  return [normalise([o[0], o[1], o[2]]), normalise([o[3], o[4], o[5]])];
}

function angleBetween(a: Vec3, b: Vec3): number {
  return degrees(Math.atan2(length(cross(a, b)), dot(a, b)));
}

interface Plane<T> {
  readonly offset: number;
  readonly images: T[];
}

function groupByPlane<T extends CtInstanceMetadata>(instances: readonly T[], normal: Vec3): Plane<T>[] {
  const placed = instances
    .map(instance => ({ instance, offset: dot(normal, instance.imagePositionPatient as Vec3) }))
    .sort((a, b) => a.offset - b.offset);
  const planes: Plane<T>[] = [];
  for (const { instance, offset } of placed) {
    const last = planes[planes.length - 1];
    if (last && offset - last.offset < SAME_PLANE_MM) {
      last.images.push(instance);
    } else {
      planes.push({ offset, images: [instance] });
    }
  }
  return planes;
}

/**
 * Leaves out images of a place that a preferred acquisition shows already: a scan that was repeated, or came
 * again with contrast, hardly ever lies on the same planes, and a stack of both would be two heads in one.
 * Acquisitions that fill each other's gaps are both kept.
 */
function withoutRepeats<T extends CtInstanceMetadata>(instances: readonly T[], normal: Vec3): T[] {
  const acquisitions = new Map<string, T[]>();
  for (const image of [...instances].sort(byPreference(instances))) {
    const key = acquisitionKey(image);
    const images = acquisitions.get(key) ?? [];
    images.push(image);
    acquisitions.set(key, images);
  }
  const kept: T[] = [];
  const shown: Shown[] = [];
  for (const images of acquisitions.values()) {
    const fresh = images.filter(image => {
      const offset = dot(normal, image.imagePositionPatient as Vec3);
      return !shown.some(slice => Math.abs(slice.offset - offset) < slice.reach + SAME_PLANE_MM);
    });
    const further = images.length - fresh.length < LEAST_REPEATED ? images : fresh;
    kept.push(...further);
    shown.push(...shownBy(further, normal));
  }
  return kept;
}

function acquisitionKey(image: CtInstanceMetadata): string {
  return [image.acquisitionNumber, hasContrastAgent(image), isSharp(image), isSecondary(image)].join('/');
}

/** What one slice of an acquisition shows: `reach` mm to either side of its plane. */
interface Shown {
  readonly offset: number;
  readonly reach: number;
}

/**
 * A slice shows half the way to its neighbours, but not more than its thickness. Nothing for a single plane.
 */
function shownBy<T extends CtInstanceMetadata>(images: readonly T[], normal: Vec3): Shown[] {
  const planes = groupByPlane(images, normal);
  if (planes.length < 2) {
    return [];
  }
  const extents = sliceExtents(planes.map(({ offset }) => offset));
  return planes.map((plane, i) => ({
    offset: plane.offset,
    reach: Math.min(extents[i], plane.images[0].sliceThickness || Infinity) / 2,
  }));
}

function preferredImage<T extends CtInstanceMetadata>(images: readonly T[], all: readonly T[]): T {
  return images.length === 1 ? images[0] : [...images].sort(byPreference(all))[0];
}

/** Orders images that show the same, the one to keep first. */
function byPreference<T extends CtInstanceMetadata>(all: readonly T[]): (a: T, b: T) => number {
  const counts = new Map<number | undefined, number>();
  all.forEach(({ acquisitionNumber: at }) => counts.set(at, (counts.get(at) ?? 0) + 1));
  const most = Math.max(...counts.values());
  const rank = (image: T): readonly (number | string)[] => [
    hasContrastAgent(image) ? 1 : 0,
    isSharp(image) ? 1 : 0,
    isSecondary(image) ? 1 : 0,
    (counts.get(image.acquisitionNumber) ?? 0) >= WHOLE_SHARE * most
      ? 0
      : -(counts.get(image.acquisitionNumber) ?? 0) + most,
    image.acquisitionNumber ?? 0,
    image.instanceNumber ?? 0,
    image.sopInstanceUID,
  ];
  return (a, b) => compareRanks(rank(a), rank(b));
}

/** Value 2 of Image Type (PS3.3 C.7.6.1.1.2): made after the examination, from other images. */
function isSecondary({ imageType }: CtInstanceMetadata): boolean {
  return imageType?.[1]?.toUpperCase() === 'SECONDARY';
}

function isSharp(image: CtInstanceMetadata): boolean {
  return kernelKind(image.convolutionKernel) === 'sharp';
}

function compareRanks(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  if (at < 0) {
    return 0;
  }
  return a[at] < b[at] ? -1 : 1;
}

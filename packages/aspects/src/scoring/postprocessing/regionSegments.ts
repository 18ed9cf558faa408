import { ASPECTS_REGIONS, segmentIndexOf } from '../aspects/regions';
import type { ModelClass } from '../manifest/modelManifest';
import { boxDistanceMm, connectedComponents, mapPlanes, type Component, type GridStack } from './gridStack';
import { applyLevels, findLevels, type PlaneLevels } from './levels';

export interface RegionCleaning {
  /** Pieces of a region smaller than this are dropped, ml. */
  readonly minRegionIslandMl: number;
  /** Pieces farther than this from the region's main body are dropped, mm, unless they are large. */
  readonly strayDistanceMm: number;
}

const DEFAULT_REGION_CLEANING: RegionCleaning = { minRegionIslandMl: 0.1, strayDistanceMm: 15 };

/**
 * A body this one-sided belongs to one side as a whole, also where it reaches across the mid-sagittal plane.
 */
const ONE_SIDED_SHARE = 0.8;
/** A piece this large, as part of the main body, is kept wherever it lies. */
const LARGE_PIECE_SHARE = 0.4;
/** A plane is only mended from its neighbours where these are this near, mm. */
const MENDING_DISTANCE_MM = 6;

/** Regions with their sides on the network grid. */
export interface RegionSegments {
  /** Segment indices 0-20 (`segmentIndexOf`). */
  readonly segments: GridStack;
  /** 1 where the anatomy network sees brain of any class. */
  readonly brain: GridStack;
  readonly levels: PlaneLevels;
}

/**
 * Anatomy labels to sided regions: gaps of one plane closed, each connected body given to the side on which
 * most of it lies, cortex made to agree with the levels, small and stray pieces dropped.
 *
 * @param labels class ids of the anatomy network.
 * @param classes the manifest's classes: which id is which region.
 */
export function regionSegments(
  labels: GridStack,
  classes: readonly ModelClass[],
  cleaning: RegionCleaning = DEFAULT_REGION_CLEANING
): RegionSegments {
  const regions = mapPlanes(labels, regionNumbers(classes));
  const isBrain = new Uint8Array(256);
  classes.forEach(({ id }) => (isBrain[id] = id > 0 ? 1 : 0));
  mendPlanes(regions);
  const segments = giveSides(regions);
  const levels = findLevels(segments);
  applyLevels(segments, levels);
  dropStrayPieces(segments, cleaning);
  return { segments, brain: mapPlanes(labels, isBrain), levels };
}

/** Table from class id to region number 1-10, 0 for classes without a region. */
export function regionNumbers(classes: readonly ModelClass[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const { id, region } of classes) {
    table[id] = ASPECTS_REGIONS.findIndex(candidate => candidate.id === region) + 1;
  }
  return table;
}

/**
 * Gives a pixel without region the region that both the plane below and the plane above have there, in place.
 */
function mendPlanes(regions: GridStack): void {
  const { planes, planeOffsetsMm } = regions;
  const before = planes.map(plane => plane.slice());
  for (let z = 1; z < planes.length - 1; z++) {
    const far = Math.max(
      planeOffsetsMm[z] - planeOffsetsMm[z - 1],
      planeOffsetsMm[z + 1] - planeOffsetsMm[z]
    );
    const [plane, below, above] = [planes[z], before[z - 1], before[z + 1]];
    for (let i = 0; far <= MENDING_DISTANCE_MM && i < plane.length; i++) {
      if (!plane[i] && below[i] === above[i]) {
        plane[i] = below[i];
      }
    }
  }
}

function giveSides(regions: GridStack): GridStack {
  const { numbers, components } = connectedComponents(regions);
  const middle = (regions.size - 1) / 2;
  // What a component's pixels become to the right and to the left of the middle.
  const sides = components.map(({ value, leftMl, volumeMl }) => {
    const leftShare = leftMl / volumeMl;
    const oneSided = leftShare >= ONE_SIDED_SHARE || leftShare <= 1 - ONE_SIDED_SHARE;
    const segmentAt = (left: boolean): number =>
      segmentIndexOf(ASPECTS_REGIONS[value - 1].id, (oneSided ? leftShare > 0.5 : left) ? 'left' : 'right');
    return { right: segmentAt(false), left: segmentAt(true) };
  });
  const planes = regions.planes.map((plane, z) => {
    const segments = new Uint8Array(plane.length);
    for (let i = 0; i < plane.length; i++) {
      if (plane[i]) {
        const { left, right } = sides[numbers[z][i]];
        segments[i] = i % regions.size > middle ? left : right;
      }
    }
    return segments;
  });
  return { ...regions, planes };
}

function dropStrayPieces(segments: GridStack, cleaning: RegionCleaning): void {
  const { numbers, components } = connectedComponents(segments);
  const main = new Map<number, Component>();
  for (const component of components) {
    if (component.volumeMl > (main.get(component.value)?.volumeMl ?? 0)) {
      main.set(component.value, component);
    }
  }
  const kept = components.map(component => {
    const body = main.get(component.value) as Component;
    const near = boxDistanceMm(segments, component, body) <= cleaning.strayDistanceMm;
    const large = component.volumeMl >= LARGE_PIECE_SHARE * body.volumeMl;
    return component.volumeMl >= cleaning.minRegionIslandMl && (near || large);
  });
  segments.planes.forEach((plane, z) => {
    const bodies = numbers[z];
    for (let i = 0; i < plane.length; i++) {
      if (plane[i] && !kept[bodies[i]]) {
        plane[i] = 0;
      }
    }
  });
}

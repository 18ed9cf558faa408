import { ctMetadataOf } from '../ctMetadata';
import type { Cornerstone } from '../host/cornerstone';
import type { DisplaySet, SegmentOptions } from '../host/services';
import type { OverlayContent } from '../../session/viewerPort';
import { mapInTurns } from '../../session/yielding';
import { REGIONS, type Layer } from './layers';
import { centresInPlane, patientPoint, planeGeometryOf, type PlaneGeometry } from './segmentCentres';

type Point = [number, number, number];

/**
 * Names and centres of a layer's segments. The centres are given, since the host's own assume even spacing
 * and would make its segment list jump to a wrong slice.
 */
export async function segmentOptions(
  layer: Layer,
  content: OverlayContent,
  cornerstone: Cornerstone,
  displaySet: DisplaySet
): Promise<Record<number, SegmentOptions>> {
  const geometries = planeGeometries(cornerstone, displaySet);
  const centres = await (layer === REGIONS ? regionCentres : infarctCentres)(content, geometries);
  const options: Record<number, SegmentOptions> = {};
  for (const segmentIndex of layer.colours.keys()) {
    const world = centres.get(segmentIndex);
    options[segmentIndex] = {
      segmentIndex,
      label: layer.segmentLabel(segmentIndex),
      locked: layer === REGIONS,
      active: segmentIndex === 1,
      cachedStats: world ? { center: { world } } : {},
    };
  }
  return options;
}

type Geometries = ReadonlyMap<string, PlaneGeometry>;

/** Each region's centre on its key slice. */
async function regionCentres(content: OverlayContent, geometries: Geometries): Promise<Map<number, Point>> {
  const { sliceUIDs, regions, keySlices } = content;
  const centres = new Map<number, Point>();
  await mapInTurns([...new Set(Object.values(keySlices))], uid => {
    const plane = regions[sliceUIDs.indexOf(uid)];
    const geometry = geometries.get(uid);
    if (plane && geometry) {
      centresInPlane(plane, geometry.columns).forEach(({ x, y }, index) => {
        if (keySlices[index] === uid) {
          centres.set(index, patientPoint(geometry, x, y));
        }
      });
    }
  });
  return centres;
}

/** The centre of each class of infarct on the slice with most of it. */
async function infarctCentres(content: OverlayContent, geometries: Geometries): Promise<Map<number, Point>> {
  const most = new Map<number, number>();
  const centres = new Map<number, Point>();
  await mapInTurns(content.sliceUIDs, (uid, i) => {
    const geometry = geometries.get(uid);
    if (geometry) {
      centresInPlane(content.infarct[i], geometry.columns).forEach(({ x, y, pixels }, value) => {
        if (pixels > (most.get(value) ?? 0)) {
          most.set(value, pixels);
          centres.set(value, patientPoint(geometry, x, y));
        }
      });
    }
  });
  return centres;
}

/** Geometry of each CT slice by SOP Instance UID. */
function planeGeometries(cornerstone: Cornerstone, displaySet: DisplaySet): Geometries {
  const geometries = new Map<string, PlaneGeometry>();
  for (const imageId of displaySet.imageIds ?? []) {
    const metadata = ctMetadataOf(cornerstone, imageId);
    const geometry = planeGeometryOf(metadata);
    if (geometry) {
      geometries.set(metadata.sopInstanceUID, geometry);
    }
  }
  return geometries;
}

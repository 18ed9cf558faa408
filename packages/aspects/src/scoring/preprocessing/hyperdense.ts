import { fullestPlane } from '../../base/fullestPlane';
import { countSet, erode, largestComponent } from './cellMasks';
import type { BrainSpace } from './findBrain';
import { CELL_MM } from './workingVolume';

/** Fresh blood against the brain's own median, HU above it; the upper end is absolute: above it lies calcium. */
const ABOVE_MEDIAN_HU = 22;
const CEILING_HU = 100;
/** Distance from the skull within which partial volume with bone, sinuses and beam hardening look like blood, in cells. */
const RIM_CELLS = 3;
/** Planes of at least this part of the largest area; the skull base is too full of artefacts. */
const AREA_SHARE = 0.35;

export interface HyperdenseBody {
  readonly volumeMl: number;
  /** Native slice with its largest cross-section; null where there is no such tissue. */
  readonly slice: number | null;
}

/** The largest body of hyperdense tissue inside the brain: what a fresh bleeding looks like on plain CT. */
export function findHyperdenseBody(brain: BrainSpace): HyperdenseBody {
  const { volume, masks, areasCm2, evidence } = brain;
  const largest = Math.max(...areasCm2);
  const floor = evidence.medianHu + ABOVE_MEDIAN_HU;
  const bright = masks.map((mask, z) => {
    if (areasCm2[z] < AREA_SHARE * largest) {
      return new Uint8Array(mask.length);
    }
    const core = erode(mask, volume.width, volume.height, RIM_CELLS);
    return core.map((set, i) =>
      set && volume.planes[z][i] >= floor && volume.planes[z][i] <= CEILING_HU ? 1 : 0
    );
  });
  const body = largestComponent(bright, volume.width);
  const volumeMl = body.reduce(
    (sum, plane, z) => sum + (countSet(plane) * CELL_MM * CELL_MM * volume.planeExtentsMm[z]) / 1000,
    0
  );
  const largestPlane = fullestPlane(body);
  // A plane that is the mean of several slices is told by its middle one.
  const slices = [...volume.planeOfSlice.keys()].filter(slice => volume.planeOfSlice[slice] === largestPlane);
  return { volumeMl, slice: slices[slices.length >> 1] ?? null };
}

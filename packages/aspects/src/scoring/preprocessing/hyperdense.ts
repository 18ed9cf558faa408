import { erode, largestComponent } from './cellMasks';
import type { BrainSpace } from './findBrain';
import { CELL_MM } from './workingVolume';

/** Fresh blood against the brain's own median, HU above it; the upper end is absolute: above it lies calcium. */
const ABOVE_MEDIAN_HU = 22;
const CEILING_HU = 100;
/** Distance from the skull within which partial volume with bone, sinuses and beam hardening look like blood, in cells. */
const RIM_CELLS = 3;
/** Planes of at least this part of the largest area; the skull base is too full of artefacts. */
const AREA_SHARE = 0.35;

/** Volume of the largest body of hyperdense tissue inside the brain, ml: what a fresh bleeding looks like on plain CT. */
export function hyperdenseMl(brain: BrainSpace): number {
  const { volume, masks, areasCm2, evidence } = brain;
  const largest = Math.max(...areasCm2);
  const floor = evidence.medianHu + ABOVE_MEDIAN_HU;
  const bright = masks.map((mask, z) => {
    if (areasCm2[z] < AREA_SHARE * largest) {
      return new Uint8Array(mask.length);
    }
    let core = mask;
    for (let i = 0; i < RIM_CELLS; i++) {
      core = erode(core, volume.width, volume.height);
    }
    return core.map((set, i) =>
      set && volume.planes[z][i] >= floor && volume.planes[z][i] <= CEILING_HU ? 1 : 0
    );
  });
  const body = largestComponent(bright, volume.width);
  return body.reduce((sum, plane, z) => {
    const cells = plane.reduce((count, value) => count + value, 0);
    return sum + (cells * CELL_MM * CELL_MM * volume.planeExtentsMm[z]) / 1000;
  }, 0);
}

import { nextTurn } from '../../base/nextTurn';
import type { AspectsInput } from '../aspects/computeAspects';
import { INFARCT_CLASS } from '../aspects/infarctClasses';
import { segmentInfarctMl } from '../aspects/measureSegments';
import type { ScoringRule } from '../aspects/scoringRule';
import type { ModelManifest } from '../manifest/modelManifest';
import { clearOutsideSkull } from '../postprocessing/clearOutsideSkull';
import { drawHyperdense } from '../postprocessing/drawHyperdense';
import type { GridStack } from '../postprocessing/gridStack';
import { dropInfarctIslands, infarctThresholds, oneClassAPixel } from '../postprocessing/infarctMask';
import { measureEvidence } from '../postprocessing/measureEvidence';
import { findOldInfarctRim, rimAsOld } from '../postprocessing/oldInfarctRim';
import { regionSegments, type RegionSegments } from '../postprocessing/regionSegments';
import { infarctToNative, labelsToNative, type NativePlanes } from '../postprocessing/toNativeSlices';
import { planesThatShowBlood } from '../preprocessing/hyperdense';
import { checkAnatomy } from './checkAnatomy';
import type { PreparedSeries } from './prepareSeries';
import type { Pacer } from './progress';

/** What follows from the anatomy network alone. */
export interface PlacedRegions {
  readonly onGrid: RegionSegments;
  /** Segment indices 0-20, one plane a native slice. */
  readonly native: NativePlanes;
}

/**
 * The regions with their sides, from the anatomy network's label map. Gives up the thread in between: the
 * infarct network may still compute in another one, and is to be given its next slices.
 *
 * @throws Refusal NO_BRAIN
 */
export async function placeRegions(
  prepared: PreparedSeries,
  labels: GridStack,
  { classes }: ModelManifest
): Promise<PlacedRegions> {
  const inSkull = clearOutsideSkull(prepared, labels);
  await nextTurn();
  const onGrid = regionSegments(inSkull, classes);
  checkAnatomy(prepared.brain, onGrid);
  await nextTurn();
  return { onGrid, native: labelsToNative(prepared, onGrid.segments) };
}

export interface InfarctPlacing {
  readonly manifest: ModelManifest;
  readonly scoring: ScoringRule;
  readonly pacer: Pacer;
}

/** The infarct mask on native slices, and what the infarct network says of each region. */
export async function placeInfarct(
  prepared: PreparedSeries,
  { onGrid, native }: PlacedRegions,
  probabilities: readonly GridStack[],
  { manifest, scoring, pacer }: InfarctPlacing
): Promise<Pick<AspectsInput, 'infarct' | 'evidence'>> {
  await pacer.pace('postprocess', 0, 2);
  const thresholds = infarctThresholds(manifest, scoring);
  const cleaned = oneClassAPixel(probabilities, thresholds);
  const whereBloodShows = brainWhereBloodShows(prepared, onGrid.brain);
  cleaned.forEach((stack, index) => {
    // Only an acute body needs a core: old infarct and blood are as clear at their edges as inside.
    const core = index + 1 === INFARCT_CLASS.acute ? scoring.coreThreshold : undefined;
    const brain = index + 1 === INFARCT_CLASS.haemorrhage ? whereBloodShows : onGrid.brain;
    dropInfarctIslands(stack, brain, thresholds[index], { ...scoring, coreThreshold: core });
  });
  const rim = findOldInfarctRim(cleaned, thresholds);
  await pacer.pace('postprocess', 1, 2);
  const infarct = infarctToNative(prepared, rimAsOld(cleaned, rim), thresholds);
  if (prepared.hyperdense.volumeMl >= scoring.minHyperdenseMl) {
    drawHyperdense(prepared, prepared.hyperdense, infarct);
  }
  await pacer.pace('postprocess', 2, 2);
  const infarctMl = segmentInfarctMl(prepared.series, native, infarct);
  const evidence = measureEvidence(onGrid.segments, rimAsOld(probabilities, rim)).map(
    (known, segment) => known && { ...known, infarctMl: infarctMl[segment] }
  );
  return { infarct, evidence };
}

/** The brain on the network grid without the planes in which bone, shown in part, looks like blood. */
function brainWhereBloodShows({ plan, brain }: PreparedSeries, onGrid: GridStack): GridStack {
  const shown = planesThatShowBlood(brain);
  return {
    ...onGrid,
    planes: onGrid.planes.map((plane, z) => {
      const { slices } = plan[z];
      const middle = brain.volume.planeOfSlice[slices[slices.length >> 1]];
      return shown[middle] ? plane : new Uint8Array(plane.length);
    }),
  };
}

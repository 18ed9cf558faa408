import type { CancelSignal } from '../../base/cancellation';
import type { NativeTransfer } from '../postprocessing/toNativeSlices';
import { checkHead, showsFront } from '../preprocessing/checkHead';
import { checkHoles } from '../preprocessing/checkHoles';
import { checkMetal } from '../preprocessing/checkMetal';
import { findBrain } from '../preprocessing/findBrain';
import { findHeadFrame } from '../preprocessing/headFrame';
import { headAir } from '../preprocessing/headAir';
import { findHyperdenseBody, type HyperdenseBody } from '../preprocessing/hyperdense';
import { createInputSampler } from '../preprocessing/networkInput';
import { checkNoiseTexture } from '../preprocessing/noiseTexture';
import { planNetworkSlices } from '../preprocessing/slab';
import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { createPacer, type Pacer } from './progress';
import type { NetworkWork } from './runNetworks';

/** What is known of a series before the networks run. */
export type PreparedSeries = NativeTransfer &
  NetworkWork & {
    /** Warnings about how the head lies. */
    readonly doubts: readonly QualityWarning[];
    /** Whether the air of the face shows where the front is. */
    readonly frontIsShown: boolean;
    readonly hyperdense: HyperdenseBody;
  };

/**
 * Does the part of `scoreSeries` that needs no network, for a score that may be asked for later.
 *
 * @throws Refusal NO_BRAIN, UPSIDE_DOWN, IMPLAUSIBLE_GEOMETRY, CORRUPT_PIXELS, CANCELLED
 */
export function prepareSeries(series: HeadCtSeries, signal?: CancelSignal): Promise<PreparedSeries> {
  return prepareInSteps(
    series,
    createPacer(undefined, signal, () => performance.now())
  );
}

export async function prepareInSteps(series: HeadCtSeries, pacer: Pacer): Promise<PreparedSeries> {
  await pacer.pace('preprocess', 0, 3);
  const brain = findBrain(series);
  await pacer.pace('preprocess', 1, 3);
  const holes = checkHoles(series, brain);
  const frame = findHeadFrame(brain);
  const air = headAir(brain, frame);
  const doubts = [
    ...holes,
    ...checkMetal(series, brain),
    ...checkNoiseTexture(series, brain),
    ...checkHead(brain, frame, air),
  ];
  await pacer.pace('preprocess', 2, 3);
  const plan = planNetworkSlices(series.planeOffsetsMm, brain.slices);
  await pacer.pace('preprocess', 3, 3);
  const hyperdense = findHyperdenseBody(brain, frame);
  return {
    series,
    brain,
    frame,
    plan,
    doubts,
    frontIsShown: showsFront(air),
    hyperdense,
    sampler: createInputSampler(series, frame),
  };
}

import type { TimedStep } from '../aspects/aspectsResult';
import type { GridStack } from '../postprocessing/gridStack';
import type { NetworkTask } from '../manifest/modelManifest';
import type { InputSampler } from '../preprocessing/networkInput';
import type { NetworkSlice } from '../preprocessing/slab';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { Refusal } from '../../series/refusal';
import type { Pacer } from './progress';
import type { SegmentationNetwork } from './types';

/** What both networks are run on. */
export interface NetworkWork {
  readonly series: HeadCtSeries;
  readonly plan: readonly NetworkSlice[];
  readonly sampler: InputSampler;
}

/**
 * Runs both networks on each slice of the plan: one network after the other, or beside each other where the infarct network
 * computes in a thread of its own. The outputs are the same either way.
 *
 * @param timed measures each network's time; times overlap where the networks run beside each other
 * @throws Refusal CANCELLED, MODEL_UNAVAILABLE for an output of the wrong size, and whatever the networks refuse with
 */
export async function runNetworks(
  networks: Readonly<Record<NetworkTask, SegmentationNetwork>>,
  work: NetworkWork,
  pacer: Pacer,
  timed: <T>(step: TimedStep, run: () => Promise<T>) => Promise<T>
): Promise<{ readonly labels: GridStack; readonly probability: GridStack }> {
  const total = work.plan.length;
  const done: Record<NetworkTask, number> = { anatomy: 0, infarct: 0 };
  const failures: unknown[] = [];
  const report = async (task: NetworkTask, count: number): Promise<void> => {
    if (failures.length > 0) {
      throw failures[0];
    }
    done[task] = count;
    await (done.anatomy < total
      ? pacer.pace('anatomy', done.anatomy, total, done.infarct)
      : pacer.pace('infarct', done.infarct, total));
  };
  // Failures are kept, so that neither network is left running when the other one fails.
  const run = async (task: NetworkTask): Promise<GridStack | undefined> => {
    try {
      return await timed(task, () => runNetwork(task, networks[task], work, count => report(task, count)));
    } catch (error) {
      failures.push(error);
      return undefined;
    }
  };
  const beside = (networks.infarct.runsAhead ?? 1) > 1 ? run('infarct') : undefined;
  const labels = await run('anatomy');
  const probability = await (beside ?? (labels && run('infarct')));
  if (!labels || !probability) {
    throw failures[0];
  }
  return { labels, probability };
}

async function runNetwork(
  task: NetworkTask,
  network: SegmentationNetwork,
  { series, plan, sampler }: NetworkWork,
  report: (done: number) => Promise<void>
): Promise<GridStack> {
  const { input } = network.manifest;
  const planes: Uint8Array[] = [];
  const asked: Promise<Uint8Array>[] = [];
  const takeOldest = async (): Promise<void> => {
    const output = await (asked.shift() as Promise<Uint8Array>);
    if (output.length !== input.size * input.size) {
      throw new Refusal(
        'MODEL_UNAVAILABLE',
        `The ${task} network gives ${output.length} pixels instead of ${input.size * input.size}. Check its manifest.`,
        { model: network.manifest.name }
      );
    }
    planes.push(output);
  };
  for (const { planeOffsetMm } of plan) {
    await report(planes.length);
    const answer = network.run(sampler.networkInput(planeOffsetMm, input));
    // Awaited in its turn; by then another failure may have ended the loop.
    answer.catch(() => undefined);
    asked.push(answer);
    if (asked.length >= (network.runsAhead ?? 1)) {
      await takeOldest();
    }
  }
  while (asked.length > 0) {
    await report(planes.length);
    await takeOldest();
  }
  await report(plan.length);
  return {
    size: input.size,
    spacingMm: input.pixelSpacingMm,
    planeOffsetsMm: plan.map(({ planeOffsetMm }) => planeOffsetMm),
    extentsMm: plan.map(({ slices }) => slices.reduce((sum, slice) => sum + series.sliceExtentsMm[slice], 0)),
    planes,
  };
}

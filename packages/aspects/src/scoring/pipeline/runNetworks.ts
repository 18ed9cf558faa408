import type { TimedStep } from '../aspects/aspectsResult';
import type { GridStack } from '../postprocessing/gridStack';
import { outputPlanes, type NetworkTask, type StackContext } from '../manifest/modelManifest';
import type { InputSampler } from '../preprocessing/networkInput';
import type { NetworkSlice } from '../preprocessing/slab';
import type { HeadCtSeries } from '../../series/headCtSeries';
import { Refusal } from '../../base/refusal';
import type { Pacer } from './progress';
import { neighbourFeatures } from './stackContext';
import { isStackNetwork, type SegmentationNetwork, type StackNetwork } from './types';

/** What both networks are run on. */
export interface NetworkWork {
  readonly series: HeadCtSeries;
  readonly plan: readonly NetworkSlice[];
  readonly sampler: InputSampler;
}

export interface NetworkOutputs<Labelled> {
  /** What was made of the label map. */
  readonly labelled: Labelled;
  /** One stack per class of infarct, in the order of `INFARCT_CLASS`, 0-255. */
  readonly probabilities: readonly GridStack[];
}

/**
 * Runs both networks on each slice of the plan: one network after the other, or concurrently where the
 * infarct network computes in a thread of its own. The outputs are the same either way.
 *
 * @param timed measures each network's time; times overlap where the networks run concurrently
 * @param ofLabels what is made of the label map as soon as it is there, while the infarct network may still
 *   compute; a label map that it refuses ends that network
 * @throws Refusal CANCELLED, MODEL_UNAVAILABLE for an output of the wrong size, and whatever the networks and
 *   `ofLabels` refuse with
 */
export async function runNetworks<Labelled>(
  networks: Readonly<Record<NetworkTask, SegmentationNetwork>>,
  work: NetworkWork,
  pacer: Pacer,
  timed: <T>(step: TimedStep, run: () => Promise<T>) => Promise<T>,
  ofLabels: (labels: GridStack) => Promise<Labelled>
): Promise<NetworkOutputs<Labelled>> {
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
  const kept = async <T>(step: TimedStep, run: () => Promise<T>): Promise<{ value: T } | undefined> => {
    try {
      return { value: await timed(step, run) };
    } catch (error) {
      failures.push(error);
      return undefined;
    }
  };
  const run = (task: NetworkTask): Promise<{ value: GridStack[] } | undefined> =>
    kept(task, () => runNetwork(task, networks[task], work, count => report(task, count)));
  const concurrent = (networks.infarct.runsAhead ?? 1) > 1 ? run('infarct') : undefined;
  const labels = await run('anatomy');
  const labelled = labels && (await kept('postprocess', () => ofLabels(labels.value[0])));
  const probabilities = await (concurrent ?? (labelled && run('infarct')));
  if (!labelled || !probabilities) {
    throw failures[0];
  }
  return { labelled: labelled.value, probabilities: probabilities.value };
}

/**
 * Runs one network on each slice of the plan; resolves to a stack for each of its output planes.
 *
 * @param report told how many slices are done
 */
export async function runNetwork(
  task: NetworkTask,
  network: SegmentationNetwork,
  work: NetworkWork,
  report: (done: number) => Promise<void>
): Promise<GridStack[]> {
  const { series, plan, sampler } = work;
  const { input } = network.manifest;
  const inputOf = ({ planeOffsetMm }: NetworkSlice): Float32Array =>
    sampler.networkInput(planeOffsetMm, input);
  const ahead = network.runsAhead ?? 1;
  const planeOffsetsMm = plan.map(({ planeOffsetMm }) => planeOffsetMm);
  let outputs: Uint8Array[];
  if (isStackNetwork(network)) {
    const context = contextOf(network);
    // The first of the two passes is most of the work where encoder and decoder are alike; a slice counts
    // for both halves.
    const features = await inOrder(
      plan.map(slice => () => network.encode(inputOf(slice))),
      ahead,
      done => report(done / 2)
    );
    features.forEach(found => checkSize(network, 'features', found.length, context.featureSize));
    const decode = (_: NetworkSlice, slice: number) => () =>
      network.decode(features[slice], neighbourFeatures(context, planeOffsetsMm, features, slice));
    outputs = await inOrder(plan.map(decode), ahead, done => report((plan.length + done) / 2));
  } else {
    outputs = await inOrder(
      plan.map(slice => () => network.run(inputOf(slice))),
      ahead,
      report
    );
  }
  const pixels = input.size * input.size;
  const count = outputPlanes(network.manifest);
  outputs.forEach(output => checkSize(network, 'pixels', output.length, count * pixels));
  return Array.from({ length: count }, (_, plane) => ({
    size: input.size,
    spacingMm: input.pixelSpacingMm,
    planeOffsetsMm,
    extentsMm: plan.map(({ slices }) => slices.reduce((sum, slice) => sum + series.sliceExtentsMm[slice], 0)),
    planes: outputs.map(output => output.subarray(plane * pixels, (plane + 1) * pixels)),
  }));

  function checkSize(of: SegmentationNetwork, what: string, found: number, wanted: number): void {
    if (found !== wanted) {
      throw new Refusal(
        'MODEL_UNAVAILABLE',
        `The ${task} network gives ${found} ${what} instead of ${wanted}. Check its manifest.`,
        { model: of.manifest.name }
      );
    }
  }
}

function contextOf({ manifest }: StackNetwork): StackContext {
  if (!manifest.context) {
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `The ${manifest.task} network's manifest says nothing of its context. Check its manifest.`,
      { model: manifest.name }
    );
  }
  return manifest.context;
}

/**
 * Starts the runs in order, at most `ahead` before the oldest is answered, and gives their answers in order.
 */
async function inOrder<T>(
  runs: readonly (() => Promise<T>)[],
  ahead: number,
  report: (done: number) => Promise<void>
): Promise<T[]> {
  const answers: T[] = [];
  const asked: Promise<T>[] = [];
  for (const run of runs) {
    await report(answers.length);
    const answer = run();
    // Awaited in its turn; by then another failure may have ended the loop.
    answer.catch(() => undefined);
    asked.push(answer);
    if (asked.length >= ahead) {
      answers.push(await (asked.shift() as Promise<T>));
    }
  }
  for (const answer of asked) {
    await report(answers.length);
    answers.push(await answer);
  }
  await report(runs.length);
  return answers;
}

import type { CancelSignal } from '../../base/cancellation';
import type { ModelIdentity, ReaderOverride, Runtime, TimedStep } from '../aspects/aspectsResult';
import { computeAspects, type AspectsInput } from '../aspects/computeAspects';
import { INFARCT_CLASS } from '../aspects/infarctClasses';
import { segmentInfarctMl } from '../aspects/measureSegments';
import { OPEN_SKULL_WARNING } from '../aspects/resultWarnings';
import { mergeScoringRule, type ScoringRule } from '../aspects/scoringRule';
import { clearOutsideSkull } from '../postprocessing/clearOutsideSkull';
import { drawHyperdense } from '../postprocessing/drawHyperdense';
import type { GridStack } from '../postprocessing/gridStack';
import { findOldInfarctRim, rimAsOld } from '../postprocessing/oldInfarctRim';
import { dropInfarctIslands, infarctThresholds, oneClassAPixel } from '../postprocessing/infarctMask';
import { massEffectWarning, measureFluidSpaces } from '../postprocessing/massEffect';
import { measureEvidence } from '../postprocessing/measureEvidence';
import { regionSegments } from '../postprocessing/regionSegments';
import { infarctToNative, labelsToNative } from '../postprocessing/toNativeSlices';
import { findHyperdenseBody, planesThatShowBlood, type HyperdenseBody } from '../preprocessing/hyperdense';
import type { ModelManifest } from '../manifest/modelManifest';
import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { checkAnatomy } from './checkAnatomy';
import { createPacer, type Pacer } from './progress';
import { prepareInSteps, type PreparedSeries } from './prepareSeries';
import { runNetworks, type NetworkOutputs } from './runNetworks';
import { SOFTWARE } from './software';
import type { Progress, ScoredSeries, SegmentationNetwork } from './types';

export interface ScoreSeriesOptions {
  readonly series: HeadCtSeries;
  /** What `prepareSeries` made of this very series; of another one it is passed over. */
  readonly prepared?: PreparedSeries;
  readonly anatomy: SegmentationNetwork;
  readonly infarct: SegmentationNetwork;
  /** A site's changes of the rule; they go over the infarct manifest's, which go over the default. */
  readonly scoring?: Readonly<Record<string, unknown>>;
  readonly overrides?: readonly ReaderOverride[];
  /** What the networks run on, and how long they took to load, ms. */
  readonly runtime: Pick<Runtime, 'provider' | 'adapter' | 'precision'> & { readonly loadMs?: number };
  /** Warnings of the runtime (GPU_FALLBACK). */
  readonly warnings?: readonly QualityWarning[];
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: CancelSignal;
  /** The time that is written into the result. */
  readonly now?: () => Date;
}

/**
 * Scores one series from end to end: the only orchestration, used by the browser's worker and the command
 * line. It yields between slices, so that a cancel takes effect within one run of a network.
 *
 * @throws Refusal NO_BRAIN, UPSIDE_DOWN, IMPLAUSIBLE_GEOMETRY, CORRUPT_PIXELS, CANCELLED, and whatever the
 *   networks refuse with.
 */
export async function scoreSeries(options: ScoreSeriesOptions): Promise<ScoredSeries> {
  const clock = (): number => performance.now();
  const started = clock();
  const pacer = createPacer(options.onProgress, options.signal, clock);
  const scoring = mergeScoringRule(options.infarct.manifest.scoring, options.scoring);
  const timings: Partial<Record<TimedStep, number>> = { load: options.runtime.loadMs ?? 0 };
  const timed = async <T>(step: TimedStep, work: () => Promise<T>): Promise<T> => {
    const before = clock();
    const value = await work();
    timings[step] = (timings[step] ?? 0) + clock() - before;
    return value;
  };

  const prepared = await timed('preprocess', async () =>
    options.prepared?.series === options.series ? options.prepared : prepareInSteps(options.series, pacer)
  );
  const outputs = await runNetworks(options, prepared, pacer, timed);
  const { evidence, hyperdense, ...masks } = await timed('postprocess', () =>
    postprocess(options, prepared, outputs, scoring, pacer)
  );
  const pushed = massEffectWarning(
    measureFluidSpaces(options.series, prepared.brain, prepared.frame, masks.infarct)
  );
  await pacer.pace('score', 0, 1);
  const beforeScore = clock();
  const result = computeAspects({
    series: options.series,
    ...masks,
    tellsOld: outputs.probabilities.length >= INFARCT_CLASS.old,
    evidence,
    hyperdense: summarise(hyperdense, options.series),
    overrides: options.overrides,
    models: [identify(options.anatomy.manifest), identify(options.infarct.manifest)],
    runtime: { ...describeRuntime(options.runtime), timingsMs: noTimings() },
    scoring,
    warnings: [
      ...options.series.warnings,
      ...(options.warnings ?? []),
      ...prepared.doubts,
      ...(prepared.brain.openSkull ? [OPEN_SKULL_WARNING] : []),
      ...(pushed ? [pushed] : []),
    ],
    createdAt: (options.now?.() ?? new Date()).toISOString(),
    software: SOFTWARE,
  });
  timings.score = clock() - beforeScore;
  await pacer.pace('score', 1, 1);
  const timingsMs = { ...noTimings(), ...timings, total: clock() - started + (timings.load ?? 0) };
  return { ...masks, result: { ...result, runtime: { ...result.runtime, timingsMs: rounded(timingsMs) } } };
}

type Postprocessed = Pick<AspectsInput, 'evidence'> & { readonly hyperdense: HyperdenseBody };

async function postprocess(
  { anatomy, infarct }: ScoreSeriesOptions,
  prepared: PreparedSeries,
  { labels, probabilities }: NetworkOutputs,
  scoring: ScoringRule,
  pacer: Pacer
): Promise<Pick<ScoredSeries, 'regions' | 'infarct'> & Postprocessed> {
  await pacer.pace('postprocess', 0, 3);
  const sided = regionSegments(clearOutsideSkull(prepared, labels), anatomy.manifest.classes);
  checkAnatomy(prepared.brain, sided);
  await pacer.pace('postprocess', 1, 3);
  const thresholds = infarctThresholds(infarct.manifest, scoring);
  const cleaned = oneClassAPixel(probabilities, thresholds);
  const whereBloodShows = brainWhereBloodShows(prepared, sided.brain);
  cleaned.forEach((stack, index) => {
    // Only an acute body needs a core: old infarct and blood are as clear at their edges as inside.
    const core = index + 1 === INFARCT_CLASS.acute ? scoring.coreThreshold : undefined;
    const brain = index + 1 === INFARCT_CLASS.haemorrhage ? whereBloodShows : sided.brain;
    dropInfarctIslands(stack, brain, thresholds[index], { ...scoring, coreThreshold: core });
  });
  const rim = findOldInfarctRim(cleaned, thresholds);
  await pacer.pace('postprocess', 2, 3);
  const regions = labelsToNative(prepared, sided.segments);
  const mask = infarctToNative(prepared, rimAsOld(cleaned, rim), thresholds);
  const hyperdense = findHyperdenseBody(prepared.brain);
  if (hyperdense.volumeMl >= scoring.minHyperdenseMl) {
    drawHyperdense(prepared, hyperdense, mask);
  }
  await pacer.pace('postprocess', 3, 3);
  const infarctMl = segmentInfarctMl(prepared.series, regions, mask);
  const evidence = measureEvidence(sided.segments, rimAsOld(probabilities, rim)).map(
    (known, segment) => known && { ...known, infarctMl: infarctMl[segment] }
  );
  return { regions, infarct: mask, evidence, hyperdense };
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

function summarise({ volumeMl, slice }: HyperdenseBody, series: HeadCtSeries): AspectsInput['hyperdense'] {
  return { volumeMl, keySlice: slice === null ? null : series.slices[slice].sopInstanceUID };
}

function identify({ task, name, version, architecture, sha256 }: ModelManifest): ModelIdentity {
  return { task, name, version, architecture, sha256 };
}

function describeRuntime({
  provider,
  adapter,
  precision,
}: ScoreSeriesOptions['runtime']): Omit<Runtime, 'timingsMs'> {
  return { provider, adapter, precision };
}

function noTimings(): Record<TimedStep | 'total', number> {
  return { load: 0, preprocess: 0, anatomy: 0, infarct: 0, postprocess: 0, score: 0, total: 0 };
}

function rounded(timings: Record<TimedStep | 'total', number>): Record<TimedStep | 'total', number> {
  return Object.fromEntries(
    Object.entries(timings).map(([step, ms]) => [step, Math.round(ms * 10) / 10])
  ) as typeof timings;
}

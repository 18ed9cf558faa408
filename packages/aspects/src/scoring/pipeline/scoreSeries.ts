import type { CancelSignal } from '../../base/cancellation';
import type { ModelIdentity, ReaderOverride, Runtime, TimedStep } from '../aspects/aspectsResult';
import { computeAspects, type AspectsInput } from '../aspects/computeAspects';
import { INFARCT_CLASS } from '../aspects/infarctClasses';
import { OPEN_SKULL_WARNING } from '../aspects/resultWarnings';
import { mergeScoringRule } from '../aspects/scoringRule';
import { massEffectWarning, measureFluidSpaces } from '../postprocessing/massEffect';
import type { HyperdenseBody } from '../preprocessing/hyperdense';
import type { ModelManifest } from '../manifest/modelManifest';
import type { HeadCtSeries, QualityWarning } from '../../series/headCtSeries';
import { checkNoise } from './checkNoise';
import { checkOrientation } from './checkOrientation';
import { placeInfarct, placeRegions } from './postprocess';
import { createPacer } from './progress';
import { prepareInSteps, type PreparedSeries } from './prepareSeries';
import { runNetworks } from './runNetworks';
import { SOFTWARE } from './software';
import type { Progress, ScoredSeries, SegmentationNetwork } from './types';

/** What one score needs: the series, both networks, and what the result says of how it was computed. */
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
 * Scores one series from end to end (paper, figure 2): the only orchestration, used by the browser's worker
 * and the command line. It yields between slices, so that a cancel takes effect within one run of a network.
 *
 * @throws Refusal NO_BRAIN, UPSIDE_DOWN, IMPLAUSIBLE_GEOMETRY, CORRUPT_PIXELS, CANCELLED, and whatever the
 *   networks refuse with; RangeError for a `scoring` that cannot be used (`mergeScoringRule`).
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
  const { manifest } = options.anatomy;
  const { labelled, probabilities } = await runNetworks(options, prepared, pacer, timed, async labels => {
    const placed = await placeRegions(prepared, labels, manifest);
    const noise = checkNoise(prepared, placed.onGrid.brain, manifest.input);
    const doubts = [...noise, ...(await checkOrientation(prepared, options.anatomy, labels, pacer))];
    return { ...placed, doubts };
  });
  const { infarct, evidence } = await timed('postprocess', () =>
    placeInfarct(prepared, labelled, probabilities, { manifest: options.infarct.manifest, scoring, pacer })
  );
  const masks = { regions: labelled.native, infarct };
  const pushed = massEffectWarning(
    measureFluidSpaces(options.series, prepared.brain, prepared.frame, masks.infarct)
  );
  await pacer.pace('score', 0, 1);
  const beforeScore = clock();
  const result = computeAspects({
    series: options.series,
    ...masks,
    tellsOld: probabilities.length >= INFARCT_CLASS.old,
    evidence,
    hyperdense: summarise(prepared.hyperdense, options.series),
    overrides: options.overrides,
    models: [identify(options.anatomy.manifest), identify(options.infarct.manifest)],
    runtime: { ...describeRuntime(options.runtime), timingsMs: noTimings() },
    scoring,
    warnings: [
      ...options.series.warnings,
      ...(options.warnings ?? []),
      ...prepared.doubts,
      ...labelled.doubts,
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

import type { Progress, ScoredSeries } from '@deep-aspects/aspects/scoring';
import type { HeadCtSeries } from '@deep-aspects/aspects/series';
import type { AspectsEngine } from '../inference/aspectsEngine';
import { computeScore } from './computation';
import type { ScoringTarget, ViewerProgress } from './state';
import type { ViewerPort } from './viewerPort';

const SLICES = 40;
const SLICE_MS = 100;

/** A score of two networks, one after the other, that reports each slice. */
async function score(_: HeadCtSeries, options: { onProgress?: (progress: Progress) => void } = {}) {
  for (let done = 0; done < 2 * SLICES; done++) {
    const step = done < SLICES ? 'anatomy' : 'infarct';
    options.onProgress?.({ step, done: done % SLICES, total: SLICES, percent: (100 * done) / (2 * SLICES) });
    await new Promise(resolve => setTimeout(resolve, SLICE_MS));
  }
  return {} as ScoredSeries;
}

describe('while a score is computed', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tells a new step at once and the slices within it twice a second, never going back', async () => {
    const told: { at: number; progress: ViewerProgress }[] = [];
    const started = performance.now();
    const computing = computeScore({
      viewer: {} as ViewerPort,
      engine: { prepare: async () => ({ provider: 'wasm', adapter: '' }), score } as unknown as AspectsEngine,
      target: { imageCount: SLICES } as ScoringTarget,
      read: {} as HeadCtSeries,
      signal: new AbortController().signal,
      onProgress: progress => told.push({ at: performance.now() - started, progress }),
    });
    await jest.advanceTimersByTimeAsync(2 * SLICES * SLICE_MS);
    await computing;
    const firstOf = (step: string) => told.find(({ progress }) => progress.step === step)?.at;
    expect([firstOf('anatomy'), firstOf('infarct'), firstOf('labelmaps')]).toEqual([
      0,
      SLICES * SLICE_MS,
      2 * SLICES * SLICE_MS,
    ]);
    const ofAnatomy = told.filter(({ progress }) => progress.step === 'anatomy').map(({ at }) => at);
    expect(ofAnatomy).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000, 3500]);
    const percents = told.map(({ progress }) => progress.percent);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
  });
});

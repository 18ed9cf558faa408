import type { AspectsResult, ScoredSeries } from '@deep-aspects/aspects/scoring';
import { type HeadCtSeries, Refusal } from '@deep-aspects/aspects/series';
import { BorrowedSlice } from '../borrowedSlice';
import type { WorkerConfiguration } from '../protocol';
import type { NetworkPair } from '../runtime/openNetworkPair';
import { RecoverableFailure } from '../runtime/recoverableFailure';
import { engineWith, hangingRun, pairOf, type Run, runs } from '../testing/fakeEngine';
import { pause, prepareSeries, series, SLICES } from '../testing/fakePipeline';

const codesOf = ({ result }: ScoredSeries) => result.warnings.map(warning => warning.code);

describe('the engine', () => {
  it('scores with what was prepared beforehand, of that series alone', async () => {
    const { engine } = engineWith();
    const [one, other] = [series(), series()];
    await engine.prepareSeries(one);
    const wasPrepared = async (scored: HeadCtSeries) =>
      (await engine.score(scored)).result as unknown as { echo: { wasPrepared: boolean } };
    expect(await wasPrepared(one)).toMatchObject({ echo: { wasPrepared: true } });
    expect(await wasPrepared(one)).toMatchObject({ echo: { wasPrepared: true } });
    // The networks are there by now.
    expect(await wasPrepared(other)).toMatchObject({ echo: { wasPrepared: false } });
    expect(await wasPrepared(one)).toMatchObject({ echo: { wasPrepared: false } });
  });

  it('gives up a preparation that is cancelled, and scores all the same', async () => {
    const { engine, workers } = engineWith();
    const one = series();
    const controller = new AbortController();
    const preparing = engine.prepareSeries(one, { signal: controller.signal });
    controller.abort();
    await expect(preparing).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await engine.score(one)).regions).toHaveLength(SLICES);
    expect(workers).toHaveLength(1);
  });

  it('never gives the result of a GPU that does not compute right any more: the fallback computes it', async () => {
    const lost = async () => {
      throw new RecoverableFailure('device-lost', 'the infarct network does not compute what it did before');
    };
    const { engine, opened } = engineWith({
      open: async asked => (asked.provider === 'wasm' ? pairOf('wasm', runs) : pairOf('webgpu', runs, lost)),
    });
    const scored = await engine.score(series());
    expect(opened.map(({ provider }) => provider)).toEqual(['auto', 'wasm']);
    expect(codesOf(scored)).toEqual(['GPU_FALLBACK']);
  });

  it.each([
    ['a result: one slice more, of the network whose zeros would pass for a result', runs, [['infarct']]],
    [
      'a brain that the networks did not find: of both',
      () => Promise.reject(new Refusal('NO_BRAIN', 'no regions')),
      [['anatomy', 'infarct']],
    ],
    ['another refusal: of none', () => Promise.reject(new Refusal('UPSIDE_DOWN', 'feet first')), []],
  ])('asks the GPU what it still computes after %s', async (_, run, expected) => {
    const asked: unknown[] = [];
    const verify: NetworkPair['verify'] = async tasks => void asked.push(tasks);
    const { engine } = engineWith({ open: async () => pairOf('webgpu', run, verify) });
    await engine.score(series()).catch(() => undefined);
    expect(asked).toEqual(expected);
  });

  it('scores, and leaves the pixels of the host where they are', async () => {
    const { engine } = engineWith();
    const input = series();
    const scored = await engine.score(input, { overrides: [{ side: 'left', region: 'M1', affected: true }] });
    expect(scored.regions.map(plane => plane[0])).toEqual([0, 1, 2, 3, 4]);
    expect(codesOf(scored)).toEqual([]);
    expect(scored.result).toMatchObject({
      echo: { overrides: [{ region: 'M1' }], scoring: { minInfarctFraction: 0.2 } },
    });
    expect(input.slices.map(slice => slice.hu.length)).toEqual([16, 16, 16, 16, 16]);
  });

  it('sends a worker what can be read again instead of a copy, and a second worker the same once more', async () => {
    const { engine, workers } = engineWith();
    const input = series();
    const given: Int16Array[] = [];
    const slices = input.slices.map(
      (slice, index) =>
        new BorrowedSlice(slice, () => {
          given.push(new Int16Array(16).fill(index));
          return given[given.length - 1];
        })
    );
    const borrowed = { ...input, slices };
    const scored = await engine.score(borrowed);
    expect(scored.regions.map(plane => plane[0])).toEqual([0, 1, 2, 3, 4]);
    expect(given).toEqual([]);
    // What was kept until then is the worker's now.
    expect(input.slices.map(({ hu }) => hu.length)).toEqual([0, 0, 0, 0, 0]);
    workers[0].say({ type: 'failed', kind: 'device-lost', message: 'unplugged' });
    await pause(20);
    expect((await engine.score(borrowed)).regions.map(plane => plane[0])).toEqual([0, 1, 2, 3, 4]);
    expect(given.map(hu => hu.length)).toEqual([0, 0, 0, 0, 0]);
  });

  it('reports progress that never decreases and ends at 100, loading first', async () => {
    const { engine } = engineWith();
    const seen: { step: string; percent: number }[] = [];
    await engine.score(series(), { onProgress: progress => seen.push(progress) });
    const percents = seen.map(progress => progress.percent);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(percents.at(-1)).toBe(100);
    expect(seen[0].step).toBe('load');
  });

  it('shows the loading also to a score that waits for an earlier prepare', async () => {
    const { engine } = engineWith();
    const steps: string[] = [];
    const preparing = engine.prepare();
    await engine.score(series(), { onProgress: progress => steps.push(progress.step) });
    await preparing;
    expect(steps[0]).toBe('load');
  });

  it('prepares the series while the networks come that were sent for before the click, and sends for them once', async () => {
    let begun: () => void = () => undefined;
    const seriesIsPrepared = new Promise<void>(resolve => (begun = resolve));
    const { engine, workers, opened } = engineWith({
      prepare: scored => {
        begun();
        return prepareSeries(scored);
      },
      open: async () => {
        await seriesIsPrepared;
        return pairOf('webgpu', runs);
      },
    });
    const preparing = engine.prepare({ gently: true });
    const { result } = await engine.score(series());
    expect(result).toMatchObject({ echo: { wasPrepared: true } });
    await preparing;
    expect(opened).toHaveLength(1);
    expect(workers).toHaveLength(1);
  });

  it('tells what is wrong with a series that cannot be prepared while the networks come', async () => {
    const refusal = new Refusal('TOO_FEW_SLICES', 'two slices');
    const { engine } = engineWith({
      prepare: () => Promise.reject(refusal),
      open: async () => pairOf('webgpu', () => Promise.reject(refusal)),
    });
    await expect(engine.score(series())).rejects.toMatchObject({ code: 'TOO_FEW_SLICES' });
  });

  it('loads once: the sessions are there for the next request', async () => {
    const { engine, workers, opened } = engineWith();
    expect(await engine.prepare()).toEqual({ provider: 'webgpu', adapter: 'acme anvil' });
    const input = series();
    await engine.score(input);
    await engine.score(input);
    expect(opened).toHaveLength(1);
    expect(workers).toHaveLength(1);
  });

  it('rescores with the edited label maps and the overrides', async () => {
    const { engine } = engineWith();
    const input = series();
    const planes = (value: number) => input.slices.map(() => new Uint8Array(16).fill(value));
    const base = { score: 7 } as unknown as AspectsResult;
    const regions = planes(3);
    const result = await engine.rescore({ series: input, regions, infarct: planes(1), overrides: [], base });
    expect(result).toMatchObject({
      score: 7,
      echo: { pixels: [0, 1, 2, 3, 4], regions: planes(3), infarct: planes(1) },
    });
    expect(regions[0]).toHaveLength(16);
  });

  it('keeps the pixels of requests apart that are made at once', async () => {
    const { engine } = engineWith();
    const other: HeadCtSeries = { ...series(), slices: [...series().slices].reverse() };
    const [first, second] = await Promise.all([engine.score(series()), engine.score(other)]);
    expect(first.regions.map(plane => plane[0])).toEqual([0, 1, 2, 3, 4]);
    expect(second.regions.map(plane => plane[0])).toEqual([4, 3, 2, 1, 0]);
  });

  it('rescores by the rule of the manifest and the configuration, without loading the networks', async () => {
    const { engine, opened } = engineWith();
    const base = {} as unknown as AspectsResult;
    const result = await engine.rescore({ series: series(), regions: [], infarct: [], overrides: [], base });
    expect(result).toMatchObject({ echo: { scoring: { minInfarctFraction: 0.2, minInfarctMl: 0.7 } } });
    expect(opened).toHaveLength(0);
  });

  it("refuses a site's rule that makes no sense, naming the entry, and does not try again", async () => {
    const { engine, workers } = engineWith({ own: { scoring: { minInfarctFraction: 20 } } });
    const refusal = expect(engine.score(series())).rejects;
    await refusal.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringContaining('minInfarctFraction'),
    });
    expect(workers).toHaveLength(1);
  });

  it('passes a refusal on as it is', async () => {
    const refusal = new Refusal('MODEL_HASH_MISMATCH', 'differs', { found: 'abc' });
    const { engine, workers } = engineWith({ open: () => Promise.reject(refusal) });
    await expect(engine.score(series())).rejects.toMatchObject({
      name: 'Refusal',
      code: 'MODEL_HASH_MISMATCH',
      details: { found: 'abc' },
    });
    expect(workers).toHaveLength(1);
  });

  it('tries to load again after a refusal', async () => {
    let tries = 0;
    const open = async () => {
      if (tries++ === 0) {
        throw new Refusal('MODEL_UNAVAILABLE', 'offline');
      }
      return pairOf('wasm', runs);
    };
    const { engine } = engineWith({ open });
    await expect(engine.prepare()).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    expect((await engine.prepare()).provider).toBe('wasm');
  });
});

describe('cancelling', () => {
  it('ends after the slice in hand and keeps the worker', async () => {
    const { engine, workers } = engineWith();
    const controller = new AbortController();
    const onProgress = ({ done, step }: { done: number; step: string }) =>
      step === 'anatomy' && done === 2 && controller.abort();
    await expect(engine.score(series(), { signal: controller.signal, onProgress })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(workers[0].terminated).toBe(false);
    expect((await engine.score(series())).regions).toHaveLength(SLICES);
    expect(workers).toHaveLength(1);
  });

  it('ends a worker that does not answer within a second, and works again after', async () => {
    const inference = hangingRun();
    const { engine, workers } = engineWith({ open: async () => pairOf('wasm', inference.run) });
    const controller = new AbortController();
    const scoring = engine.score(series(), { signal: controller.signal });
    await inference.begun;
    const aborted = performance.now();
    controller.abort();
    await expect(scoring).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(performance.now() - aborted).toBeLessThan(1000);
    expect(workers[0].terminated).toBe(true);
    inference.hangs = false;
    expect(codesOf(await engine.score(series()))).toEqual([]);
  });

  it('does not start when it was cancelled before', async () => {
    const { engine, workers } = engineWith();
    await expect(engine.score(series(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(workers).toHaveLength(0);
  });
});

describe('recovery', () => {
  const failsOnGpu =
    (error: Error): Run =>
    provider =>
      provider === 'webgpu' ? Promise.reject(error) : runs(provider);

  it.each([
    ['a lost device', new RecoverableFailure('device-lost', 'driver reset'), 'driver reset'],
    ['memory', new RangeError('Out of memory'), 'memory ran out'],
    ['an error of the runtime', new Error('kernel failed'), 'kernel failed'],
  ])('repeats on WebAssembly after %s, and says so', async (_, error, words) => {
    const open = async ({ provider }: WorkerConfiguration) =>
      pairOf(provider === 'wasm' ? 'wasm' : 'webgpu', failsOnGpu(error));
    const { engine, workers, opened } = engineWith({ open });
    const scored = await engine.score(series());
    expect(scored.regions).toHaveLength(SLICES);
    expect(scored.result.warnings).toEqual([
      { code: 'GPU_FALLBACK', message: expect.stringContaining(words) },
    ]);
    expect(opened.map(asked => asked.provider)).toEqual(['auto', 'wasm']);
    expect(workers[0].terminated).toBe(true);
  });

  it('takes a GPU that fails its self-test as a choice, and still recovers once from a failure after it', async () => {
    let failures = 0;
    const open = async ({ provider }: WorkerConfiguration) => {
      if (provider !== 'wasm') {
        throw new RecoverableFailure('gpu-unusable', 'the GPU computes something else');
      }
      return pairOf('wasm', () => (failures++ === 0 ? Promise.reject(new Error('Aborted()')) : runs('wasm')));
    };
    const { engine, opened } = engineWith({ open });
    expect(codesOf(await engine.score(series()))).toEqual(['GPU_FALLBACK']);
    expect(opened.map(asked => [asked.provider, asked.maxThreads])).toEqual([
      ['auto', undefined],
      ['wasm', undefined],
      ['wasm', 1],
    ]);
  });

  it('refuses when the fallback fails too', async () => {
    const open = async () => pairOf('wasm', () => Promise.reject(new Error('std::bad_alloc')));
    const { engine, workers } = engineWith({ open });
    await expect(engine.score(series())).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
      details: { kind: 'out-of-memory' },
    });
    expect(workers.every(worker => worker.terminated)).toBe(true);
    expect(workers).toHaveLength(2);
  });

  it('recovers from a script error of the worker', async () => {
    const { engine, workers } = engineWith();
    await engine.prepare();
    const scoring = engine.score(series());
    workers[0].onerror?.({ message: 'Uncaught RuntimeError: unreachable' });
    expect(codesOf(await scoring)).toEqual(['GPU_FALLBACK']);
  });

  it('notices a worker that was killed silently, by the lock that it held', async () => {
    let release: (() => void) | undefined;
    const locks = {
      request: (_name: string, _options: unknown, granted: () => void) =>
        new Promise<void>(resolve => {
          release = () => resolve(granted());
        }),
    } as unknown as Pick<LockManager, 'request'>;
    const inference = hangingRun();
    const { engine, workers } = engineWith({ locks, open: async () => pairOf('wasm', inference.run) });
    const scoring = engine.score(series());
    await inference.begun;
    workers[0].hangs = true;
    inference.hangs = false;
    release?.();
    const scored = await scoring;
    expect(scored.result.warnings[0].message).toContain('the browser ended the background program');
    expect(workers).toHaveLength(2);
  });

  it('uses the fallback at once when the device was lost between two scores', async () => {
    const { engine, workers, opened } = engineWith();
    await engine.score(series());
    workers[0].say({ type: 'failed', kind: 'device-lost', message: 'unplugged' });
    await pause(20);
    expect(codesOf(await engine.score(series()))).toEqual(['GPU_FALLBACK']);
    expect(opened.map(asked => asked.provider)).toEqual(['auto', 'wasm']);
  });
});

describe('dispose', () => {
  it('ends the worker, cancels what runs and starts a new worker when asked again', async () => {
    const { engine, workers } = engineWith({
      open: async () => pairOf('wasm', () => pause(20).then(() => runs('wasm'))),
    });
    const scoring = engine.score(series());
    const outcome = expect(scoring).rejects.toMatchObject({ code: 'CANCELLED' });
    await pause(30);
    await engine.dispose();
    await outcome;
    expect(workers[0].terminated).toBe(true);
    expect((await engine.score(series())).regions).toHaveLength(SLICES);
    expect(workers).toHaveLength(2);
  });

  it('does nothing before the first call', async () => {
    const { engine, workers } = engineWith();
    await engine.dispose();
    expect(workers).toHaveLength(0);
  });
});

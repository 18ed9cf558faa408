import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { type HeadCtSeries, Refusal } from '@deep-aspects/aspects/series';
import { engineWith, pairOf } from '../testing/fakeEngine';
import { pause, series, SLICES } from '../testing/fakePipeline';
import type { FakeWorker } from '../testing/fakeWorker';

/** Lengths of all slices that the worker was ever sent, as it has them now. */
const slicesIn = ({ received }: FakeWorker) =>
  received.flatMap(message => (message.type === 'slices' ? message.slices.map(({ hu }) => hu.length) : []));

const until = async (worker: FakeWorker, message: string, times = 1) => {
  while (worker.heard.filter(type => type === message).length < times) {
    await pause(1);
  }
};

describe('the pixels in the worker', () => {
  const once = Array<number>(SLICES).fill(0);
  const rescoring = (scored: HeadCtSeries) => ({
    series: scored,
    regions: [],
    infarct: [],
    overrides: [],
    base: {} as unknown as AspectsResult,
  });

  beforeAll(() => {
    // Browsers have it since 2023, Node since version 21.
    Object.assign(ArrayBuffer.prototype, {
      transfer(this: ArrayBuffer) {
        return structuredClone(this, { transfer: [this] });
      },
    });
  });

  it('are given back after a score, and what was prepared of them is kept', async () => {
    const { engine, workers } = engineWith({ mostKeptPixels: 79 });
    const input = series();
    await engine.prepareSeries(input);
    expect(slicesIn(workers[0])).not.toContain(0);
    await engine.score(input);
    await until(workers[0], 'letGo');
    expect(slicesIn(workers[0])).toEqual(once);
    const again = await engine.score(input);
    expect(again.regions.map(plane => plane[0])).toEqual([0, 1, 2, 3, 4]);
    expect(again.result).toMatchObject({ echo: { wasPrepared: true } });
    expect(workers[0].heard.filter(type => type === 'series')).toHaveLength(1);
    await until(workers[0], 'letGo', 2);
    expect(slicesIn(workers[0])).toEqual([...once, ...once]);
  });

  it('are kept where they are few, and not sent again', async () => {
    const { engine, workers } = engineWith({ mostKeptPixels: 80 });
    const input = series();
    await engine.score(input);
    await engine.score(input);
    expect(slicesIn(workers[0])).toEqual(Array<number>(SLICES).fill(16));
    expect(workers[0].heard).not.toContain('letGo');
  });

  it('are given back after a score that was refused as well', async () => {
    const { engine, workers } = engineWith({
      mostKeptPixels: 79,
      open: async () => pairOf('wasm', () => Promise.reject(new Refusal('NO_BRAIN', 'no regions'))),
    });
    await expect(engine.score(series())).rejects.toMatchObject({ code: 'NO_BRAIN' });
    await until(workers[0], 'letGo');
    expect(slicesIn(workers[0])).toEqual(once);
  });

  it('are there for a correction, and stay for the next one', async () => {
    const { engine, workers } = engineWith({ mostKeptPixels: 79 });
    const input = series();
    await engine.score(input);
    for (let correction = 0; correction < 2; correction++) {
      expect(await engine.rescore(rescoring(input))).toMatchObject({ echo: { pixels: [0, 1, 2, 3, 4] } });
    }
    expect(slicesIn(workers[0])).toEqual([...once, ...Array<number>(SLICES).fill(16)]);
  });

  it('stay for whoever has asked for something meanwhile', async () => {
    const { engine } = engineWith({ mostKeptPixels: 79 });
    const input = series();
    const [, corrected, again] = await Promise.all([
      engine.score(input),
      engine.rescore(rescoring(input)),
      engine.score(input),
    ]);
    expect(corrected).toMatchObject({ echo: { pixels: [0, 1, 2, 3, 4] } });
    expect(again.regions.map(plane => plane[0])).toEqual([0, 1, 2, 3, 4]);
  });

  it('come whole after a sending that was cancelled half-way', async () => {
    const { engine } = engineWith({ mostKeptPixels: 79 });
    const input = series();
    await engine.score(input);
    const controller = new AbortController();
    const scoring = engine.score(input, { signal: controller.signal });
    controller.abort();
    await expect(scoring).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await engine.score(input)).regions.map(plane => plane[0])).toEqual([0, 1, 2, 3, 4]);
  });
});

import { fakeAnatomyNetwork, fakeInfarctNetwork } from '../../../testing/fakeNetworks';
import { Refusal } from '../../base/refusal';
import { buildHeadCtSeries } from '../../series/buildHeadCtSeries';
import { headPhantom } from '../../../testing/headPhantom';
import { createPacer } from './progress';
import { runNetworks, type NetworkWork } from './runNetworks';
import type { SliceNetwork } from './types';

const PIXELS = 224 * 224;
const SLICES = 6;

const WORK: NetworkWork = {
  series: buildHeadCtSeries(
    headPhantom({
      size: 110,
      pixelSpacingMm: 2.2,
      heightsMm: Array.from({ length: SLICES }, (_, i) => 5 * i),
    })
  ),
  plan: Array.from({ length: SLICES }, (_, i) => ({ planeOffsetMm: 5 * i, slices: [i] })),
  sampler: { networkInput: () => new Float32Array(3 * PIXELS) },
};

/**
 * Notes what runs in which order; the infarct network answers by and by, as one in a thread of its own does.
 */
function run(runsAhead: number, ofLabels: () => Promise<string>) {
  const events: string[] = [];
  const anatomy: SliceNetwork = { ...fakeAnatomyNetwork(), run: async () => new Uint8Array(PIXELS).fill(4) };
  const infarct: SliceNetwork = {
    ...fakeInfarctNetwork(),
    runsAhead,
    async run() {
      for (let turn = 0; turn < 20; turn++) {
        await new Promise(resolve => setImmediate(resolve));
      }
      events.push('infarct');
      return new Uint8Array(PIXELS).fill(7);
    },
  };
  const outputs = runNetworks(
    { anatomy, infarct },
    WORK,
    createPacer(undefined, undefined, () => performance.now()),
    (_, work) => work(),
    labels => {
      events.push(`labels ${labels.planes.length}x${labels.planes[0][0]}`);
      return ofLabels();
    }
  );
  return { events, outputs };
}

describe('what is made of the label map', () => {
  it('is made while an infarct network with a thread of its own still computes', async () => {
    const { events, outputs } = run(3, async () => 'regions');
    const { labelled, probabilities } = await outputs;
    expect(labelled).toBe('regions');
    expect(probabilities[0].planes.map(plane => plane[0])).toEqual(Array(SLICES).fill(7));
    expect(events.indexOf(`labels ${SLICES}x4`)).toBeLessThan(SLICES - 1);
  });

  it('comes before an infarct network that shares the thread, and spares it where there is no brain', async () => {
    const refusal = new Refusal('NO_BRAIN', 'no brain');
    const { events, outputs } = run(1, () => Promise.reject(refusal));
    await expect(outputs).rejects.toBe(refusal);
    expect(events).toEqual([`labels ${SLICES}x4`]);
  });

  it('asks the infarct network for no more than is under way where it refuses, and tells why', async () => {
    const refusal = new Refusal('NO_BRAIN', 'no brain');
    const { events, outputs } = run(2, () => Promise.reject(refusal));
    await expect(outputs).rejects.toBe(refusal);
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(events.filter(event => event === 'infarct').length).toBeLessThanOrEqual(2);
  });
});

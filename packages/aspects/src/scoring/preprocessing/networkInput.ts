import type { HeadCtSeries } from '../../series/headCtSeries';
import type { HeadFrame } from './headFrame';
import type { NetworkInput } from '../manifest/modelManifest';
import { gridToPixel, resampleSlice } from './networkGrid';
import { slabShares } from './slab';

/**
 * Resampled slices that are kept: of two networks those of a whole series of thick slices, and of thin ones
 * more than both look at at a time. 200 kB each.
 */
const MOST_KEPT = 128;

/**
 * Cuts network inputs from one series; keeps resampled slices, so that both networks and all channels share
 * them.
 */
export interface InputSampler {
  /**
   * The input of a network run at a plane of the series, `channels * size * size` float32, channel-major.
   *
   * @param planeOffsetMm position along the normal.
   * @param input what the manifest says of size, window, slabs and channels.
   */
  networkInput(planeOffsetMm: number, input: NetworkInput): Float32Array;
}

/**
 * Samples network inputs from a series in its head frame: float32, `channels * size * size` per slice,
 * windowed as the network's manifest says.
 */
export function createInputSampler(series: HeadCtSeries, frame: HeadFrame): InputSampler {
  const resampled = new Map<string, Float32Array>();

  /** Native slice on the network grid, each in the frame's middle of its own plane. */
  const sliceOnGrid = (slice: number, { size, pixelSpacingMm }: NetworkInput): Float32Array => {
    const key = `${slice}/${size}/${pixelSpacingMm}`;
    let found = resampled.get(key);
    if (!found) {
      const map = gridToPixel(series, frame, slice, size, pixelSpacingMm);
      found = resampleSlice(series.slices[slice].hu, series.rows, series.columns, map, size);
    }
    // The one that was used last is the last to go.
    resampled.delete(key);
    resampled.set(key, found);
    if (resampled.size > MOST_KEPT) {
      const [oldest] = resampled.keys();
      resampled.delete(oldest);
    }
    return found;
  };

  const addSlab = (target: Float32Array, centreMm: number, weight: number, input: NetworkInput): void => {
    for (const { slice, share } of slabShares(series.planeOffsetsMm, centreMm, input.slabThicknessMm)) {
      const hu = sliceOnGrid(slice, input);
      const factor = weight * share;
      for (let i = 0; i < target.length; i++) {
        target[i] += factor * hu[i];
      }
    }
  };

  return {
    networkInput(planeOffsetMm, input) {
      const area = input.size * input.size;
      const result = new Float32Array(input.channels.length * area);
      input.channels.forEach(({ offsetsMm, mirrored }, c) => {
        const channel = result.subarray(c * area, (c + 1) * area);
        for (const offset of offsetsMm) {
          addSlab(channel, planeOffsetMm + offset, 1 / offsetsMm.length, input);
        }
        applyWindow(channel, input);
        if (mirrored) {
          mirrorRows(channel, input.size);
        }
      });
      return result;
    },
  };
}

/** Clips HU to the window and maps them linearly to the range, in place. */
function applyWindow(channel: Float32Array, { window, range }: NetworkInput): void {
  const low = window.center - window.width / 2;
  const gain = (range[1] - range[0]) / window.width;
  for (let i = 0; i < channel.length; i++) {
    const above = Math.min(Math.max(channel[i] - low, 0), window.width);
    channel[i] = range[0] + above * gain;
  }
}

/** Left-right mirror image about the grid's middle column, in place. */
function mirrorRows(channel: Float32Array, size: number): void {
  for (let y = 0; y < size; y++) {
    channel.subarray(y * size, (y + 1) * size).reverse();
  }
}

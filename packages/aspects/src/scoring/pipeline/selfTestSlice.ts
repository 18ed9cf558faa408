import type { NetworkInput } from '../manifest/modelManifest';

/**
 * A prepared network input that looks like a slice of a head: skull, grey and white matter, ventricles, a
 * darker wedge on one side, and deterministic grain. It is fed to compare two providers and to warm a session
 * up; a constant or random plane would leave most of a trained network's channels idle.
 *
 * @returns `channels * size * size` values in the manifest's range
 */
export function selfTestSlice(input: NetworkInput): Float32Array {
  const { size, pixelSpacingMm, channels } = input;
  const values = new Float32Array(channels.length * size * size);
  const middle = (size - 1) / 2;
  let index = 0;
  for (const channel of channels) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const x = (column - middle) * pixelSpacingMm * (channel.mirrored ? -1 : 1);
        const y = (row - middle) * pixelSpacingMm;
        values[index++] = toRange(headHu(x, y), input);
      }
    }
  }
  return values;
}

/** HU at `x` mm towards the patient's left and `y` mm towards posterior of the middle of a simple head. */
function headHu(x: number, y: number): number {
  const radius = Math.hypot(x / 70, y / 85);
  if (radius > 1.08) {
    return -1000;
  }
  if (radius > 1) {
    return 900;
  }
  const grain = 3 * Math.sin(1.7 * x + 0.9 * y) * Math.cos(1.1 * y - 0.6 * x);
  const isVentricle = Math.hypot((Math.abs(x) - 9) / 6, (y + 8) / 22) < 1;
  if (isVentricle || radius > 0.96) {
    return 6 + grain;
  }
  const isGrey = radius > 0.86 || Math.hypot((Math.abs(x) - 24) / 9, y / 16) < 1;
  const isLesion = x > 25 && Math.abs(y + 0.2 * x) < 22;
  return (isGrey ? 37 : 29) - (isLesion ? 8 : 0) + grain;
}

function toRange(hu: number, { window, range }: NetworkInput): number {
  const share = (hu - (window.center - window.width / 2)) / window.width;
  return range[0] + Math.min(1, Math.max(0, share)) * (range[1] - range[0]);
}

/**
 * Run-length code of a label map: pairs (value, run length), which shrinks the mostly empty planes of a head
 * some hundredfold before they go into the browser's storage.
 */
export function encodeRuns(plane: Uint8Array): Uint32Array {
  const runs: number[] = [];
  let start = 0;
  for (let i = 1; i <= plane.length; i++) {
    if (i === plane.length || plane[i] !== plane[start]) {
      runs.push(plane[start], i - start);
      start = i;
    }
  }
  return Uint32Array.from(plane.length ? runs : []);
}

/** The inverse of `encodeRuns`. Throws a RangeError where the runs do not add up to `length`. */
export function decodeRuns(runs: Uint32Array, length: number): Uint8Array {
  const plane = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    plane.fill(runs[i], at, at + runs[i + 1]);
    at += runs[i + 1];
  }
  if (at !== length) {
    throw new RangeError(`Runs cover ${at} pixels of ${length}.`);
  }
  return plane;
}

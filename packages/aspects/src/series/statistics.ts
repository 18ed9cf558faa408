/** Median of finite numbers; not-a-number for none. Does not change its argument. */
export function median(values: ArrayLike<number>): number {
  if (values.length === 0) {
    return NaN;
  }
  const copy = new Float64Array(values);
  const middle = (copy.length - 1) / 2;
  const below = Math.floor(middle);
  const low = putInPlace(copy, below);
  if (middle === below) {
    return low;
  }
  // What lies behind is no smaller, and its least is next in order.
  let high = Infinity;
  for (let i = below + 1; i < copy.length; i++) {
    high = copy[i] < high ? copy[i] : high;
  }
  return low + (high - low) / 2;
}

/**
 * Brings the value that sorting would bring to `place` there, none greater before it and none smaller behind
 * it, and returns it. Sorting all takes several times as long (quickselect, Hoare 1961).
 */
function putInPlace(values: Float64Array, place: number): number {
  let first = 0;
  let last = values.length - 1;
  while (first < last) {
    const pivot = middleOfThree(values[first], values[(first + last) >> 1], values[last]);
    let i = first;
    let j = last;
    while (i <= j) {
      while (values[i] < pivot) {
        i++;
      }
      while (values[j] > pivot) {
        j--;
      }
      if (i <= j) {
        const value = values[i];
        values[i++] = values[j];
        values[j--] = value;
      }
    }
    if (place <= j) {
      last = j;
    } else if (place >= i) {
      first = i;
    } else {
      break;
    }
  }
  return values[place];
}

function middleOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/**
 * Median; not-a-number for none, and where half of them are not-a-number, which counts as greater than all
 * numbers (as in sorting). Does not change its argument.
 */
export function median(values: ArrayLike<number>): number {
  const copy = new Float64Array(values);
  const numbers = numbersFirst(copy);
  const middle = (copy.length - 1) / 2;
  const below = Math.floor(middle);
  if (Math.ceil(middle) >= numbers.length) {
    return NaN;
  }
  const low = putInPlace(numbers, below);
  if (middle === below) {
    return low;
  }
  // What lies behind is no smaller, and its least is next in order.
  let high = Infinity;
  for (let i = below + 1; i < numbers.length; i++) {
    high = numbers[i] < high ? numbers[i] : high;
  }
  return low === high ? low : low + (high - low) / 2;
}

/** The numbers among the values, brought to the front: comparisons put nothing else in order. */
function numbersFirst(values: Float64Array): Float64Array {
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) {
      values[count++] = values[i];
    }
  }
  return values.subarray(0, count);
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

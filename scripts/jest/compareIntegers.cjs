/**
 * Label maps and slices have millions of pixels: jest would ask for each as for a property of some object.
 */
const INTEGERS = /^\[object (Uint8|Uint8Clamped|Int8|Uint16|Int16|Uint32|Int32)Array\]$/;
const kindOf = Function.prototype.call.bind(Object.prototype.toString);

expect.addEqualityTesters([
  (one, other) => {
    const kind = kindOf(one);
    if (!INTEGERS.test(kind) || kind !== kindOf(other)) {
      return undefined;
    }
    let same = one.length === other.length;
    for (let i = 0; same && i < one.length; i++) {
      same = one[i] === other[i];
    }
    return same;
  },
]);

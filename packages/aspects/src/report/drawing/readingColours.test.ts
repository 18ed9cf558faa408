import { INFARCT_CLASS_COLOURS, READING_COLOURS, type Rgb } from './readingColours';

/**
 * Linear RGB as dichromats see it, after Vienot, Brettel and Mollon 1999 (red-green) and Brettel 1997's
 * one plane (blue).
 */
const SIGHT: Readonly<Record<string, readonly (readonly number[])[]>> = {
  'normal sight': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deuteranopia: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
  tritanopia: [
    [1, 0.1446, -0.1446],
    [0, 0.85924, 0.14076],
    [0, 0.85924, 0.14076],
  ],
};

const linear = (value: number) =>
  value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;

/** CIE L*a*b* (D65) of a colour as somebody sees it. */
function seen(colour: Rgb, sight: string): number[] {
  const rgb = colour.map(linear);
  const [r, g, b] = SIGHT[sight].map(row =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, weight, i) => sum + weight * rgb[i], 0)
      )
    )
  );
  const xyz = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ];
  const [x, y, z] = xyz.map(value => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Colour difference CIE76; some 2 are just noticed, 20 is another colour. */
function difference(a: Rgb, b: Rgb, sight: string): number {
  const [p, q] = [seen(a, sight), seen(b, sight)];
  return Math.hypot(...p.map((value, i) => value - q[i]));
}

const NAMED: readonly [string, Rgb][] = [
  ['acute', INFARCT_CLASS_COLOURS[0]],
  ['old', INFARCT_CLASS_COLOURS[1]],
  ['haemorrhage', INFARCT_CLASS_COLOURS[2]],
  ['affected region', READING_COLOURS.affected],
  ["reader's white", READING_COLOURS.reader],
  ['brain', [110, 110, 110]],
];

test.each(Object.keys(SIGHT))('%s tells every two colours of a reading apart', sight => {
  const pairs = NAMED.flatMap(([first, a], i) =>
    NAMED.slice(i + 1).map(([second, b]) => ({ pair: `${first}, ${second}`, by: difference(a, b, sight) }))
  );
  expect(pairs.filter(({ by }) => by < 25)).toEqual([]);
});

/**
 * What is painted over the brain of a demo study, for the hand-made networks of `tests/fixtures/models`, which go by attenuation alone: sulci as
 * wide as an old brain's would be old infarcts to them, and a plain difference of the sides an acute one. So the brain is made even first, and
 * has deep nuclei that are brighter than the white matter beside them. **Synthetic.**
 *
 * `({x, y, z}, hu) => hu`; patient coordinates, mm: x to the left, y to the back, z to the head.
 */
const within = ({ x, y, z }, [left, back, up], radius) => Math.hypot(x - left, y - back, z - up) < radius;
/** Deterministic, without a pattern that an eye would see, HU. */
const noise = ({ x, y, z }) => 3 * Math.sin(1e4 * (x + 3 * y + 7 * z));
const isNucleus = ({ x, y, z }) =>
  Math.abs(x) > 16 && Math.abs(x) < 34 && Math.abs(y) < 15 && z > -10 && z < 26;
/** Darker than what the networks call an old infarct, HU. */
const CSF = -3;

/** An even brain, darker in one ball. */
function brain({ middle, radius, darkerBy }) {
  return (at, hu) => {
    const isBrain = hu > -60 && hu < 80;
    const isVentricle = hu < 15 && Math.abs(at.x) < 24 && Math.abs(at.y + 5) < 48;
    if (isVentricle) {
      return Math.min(hu, CSF);
    }
    if (!isBrain) {
      return hu;
    }
    const mean = (isNucleus(at) ? 40 : 32) + 3 * Math.min(1, Math.max(0, (hu - 26) / 16));
    return noise(at) + mean - (within(at, middle, radius) ? darkerBy : 0);
  };
}

/** As `paintedStudy` takes it. Lentiform nucleus to M6. */
export const LEFT_STROKE = {
  suffix: '71',
  paint: brain({ middle: [52, 5, 28], radius: 32, darkerBy: 9 }),
};

/**
 * What is painted over the brain of a demo study, for the hand-made networks of `tests/fixtures/models`,
 * which go by attenuation alone: sulci as wide as an old brain's would be old infarcts to them, and a plain
 * difference of the sides an acute one. So the brain is made even first, and has deep nuclei that are
 * brighter than the white matter around them. **Synthetic.**
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

/** An even brain, with another mean attenuation in balls. */
function brain(...balls) {
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
    const ball = balls.find(({ middle, radius }) => within(at, middle, radius));
    return noise(at) + (ball ? ball.mean(mean) : mean);
  };
}

const ACUTE = mean => mean - 9;
/** Lobar: in other slices than the stroke below. */
export const BLEEDING = { middle: [34, 8, 40], radius: 17, mean: () => 66 };
/** Deep below it, so that a reader has to be taken from the one to the other. */
export const STROKE_BELOW = { middle: [-44, -4, 0], radius: 20, mean: ACUTE };
const RIGHT_STROKE = { middle: [-44, -4, 10], radius: 20, mean: ACUTE };

/** By name; `suffix` and `attributes` as `paintedStudy` takes them. */
export const PAINTINGS = {
  normal: { suffix: '70', paint: brain() },
  /** With two things to be warned of, which a reading must have room for. */
  left: {
    suffix: '71',
    paint: brain({ middle: [52, 5, 28], radius: 32, mean: ACUTE }),
    attributes: { SliceThickness: '7', LossyImageCompression: '01', LossyImageCompressionRatio: '8' },
  },
  right: { suffix: '72', paint: brain(RIGHT_STROKE) },
  /** In the occipital lobe: a stroke that ASPECTS does not see. */
  outside: { suffix: '81', paint: brain({ middle: [20, 68, 18], radius: 18, mean: ACUTE }) },
  old: { suffix: '73', paint: brain({ middle: [-46, 12, 12], radius: 20, mean: () => 8 }) },
  /** With a stroke, whose regions are not to be seen as long as the bleeding is suspected. */
  haemorrhage: {
    suffix: '74',
    paint: brain(BLEEDING, STROKE_BELOW),
  },
  /** As dense as a brain, without a skull. */
  phantom: { suffix: '75', paint: at => (Math.hypot(at.x, at.y) < 95 ? 35 + noise(at) : -1000) },
};

import type { Level, RegionId, Side } from '../../scoring/aspects/regions';

/** Width of one level's drawing, in units of its own; the midline is at x = SCHEMATIC_WIDTH / 2. */
export const SCHEMATIC_WIDTH = 120;
/** Its height; anterior is up. */
export const SCHEMATIC_HEIGHT = 140;
const CENTRE = { x: SCHEMATIC_WIDTH / 2, y: SCHEMATIC_HEIGHT / 2 };
/** Half axes of the brain's outline. */
export const SCHEMATIC_BRAIN = { x: 52, y: 62 };

/**
 * A region drawn in the left half of the picture (the patient's right); the other side is its mirror image.
 */
export interface RegionShape {
  readonly id: RegionId;
  readonly path: string;
  /** Where its name stands. */
  readonly label: { readonly x: number; readonly y: number };
}

/** A point on an ellipse around the centre; degrees from anterior towards the picture's left. */
function pointAt(degrees: number, scale: number): { x: number; y: number } {
  const radians = (degrees * Math.PI) / 180;
  return {
    x: CENTRE.x - SCHEMATIC_BRAIN.x * scale * Math.sin(radians),
    y: CENTRE.y - SCHEMATIC_BRAIN.y * scale * Math.cos(radians),
  };
}

/** A piece of cortex: between two angles, from an inner ellipse out to the outline. */
function cortex(id: RegionId, from: number, to: number, inner: number): RegionShape {
  const [a, b, c, d] = [pointAt(from, 1), pointAt(to, 1), pointAt(to, inner), pointAt(from, inner)];
  const arc = (scale: number, sweep: 0 | 1) =>
    `A ${SCHEMATIC_BRAIN.x * scale} ${SCHEMATIC_BRAIN.y * scale} 0 0 ${sweep}`;
  return {
    id,
    path: `M ${a.x} ${a.y} ${arc(1, 0)} ${b.x} ${b.y} L ${c.x} ${c.y} ${arc(inner, 1)} ${d.x} ${d.y} Z`,
    label: pointAt((from + to) / 2, (1 + inner) / 2),
  };
}

/** Shapes after the usual ASPECTS drawing: not to scale, side by side as on an axial slice. */
export const LEVEL_SHAPES: Readonly<Record<Level, readonly RegionShape[]>> = {
  ganglionic: [
    { id: 'C', path: 'M 53 46 Q 44 46 46 57 Q 48 63 54 60 Z', label: { x: 50, y: 53 } },
    { id: 'L', path: 'M 41 57 Q 27 66 38 85 L 50 72 Z', label: { x: 39, y: 71 } },
    { id: 'IC', path: 'M 42 52 L 46 50 L 55 70 L 43 92 L 39 89 L 51 71 Z', label: { x: 50, y: 82 } },
    { id: 'I', path: 'M 31 54 Q 20 70 30 87 L 34 84 Q 26 70 35 57 Z', label: { x: 28, y: 71 } },
    cortex('M1', 22, 62, 0.66),
    cortex('M2', 64, 106, 0.7),
    cortex('M3', 108, 144, 0.66),
  ],
  supraganglionic: [cortex('M4', 22, 66, 0.42), cortex('M5', 68, 112, 0.42), cortex('M6', 114, 150, 0.42)],
};

/** x of the mirrored point for a side: the patient's left is drawn on the right of the picture. */
export function mirroredX(x: number, side: Side): number {
  return side === 'right' ? x : SCHEMATIC_WIDTH - x;
}

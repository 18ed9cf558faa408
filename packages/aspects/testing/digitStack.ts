import type { GridStack } from '../src/scoring/postprocessing/gridStack';

/**
 * Planes of 4 x 4 pixels as text, a digit a pixel (tenths of the probability), on voxels of 0.1 ml: 2 mm
 * pixels, 25 mm apart. Blanks are passed over.
 */
export function digitStack(planes: readonly string[]): GridStack {
  return {
    size: 4,
    spacingMm: 2,
    planeOffsetsMm: planes.map((_, z) => 25 * z),
    extentsMm: planes.map(() => 25),
    planes: planes.map(plane =>
      Uint8Array.from(plane.replaceAll(/\s/g, ''), digit => Math.round(25.5 * Number(digit)))
    ),
  };
}

/** Each plane as text again, a character a pixel, rows of four apart. */
export function planesAsText(
  planes: readonly Uint8Array[],
  character: (value: number, plane: number, pixel: number) => string
): string[] {
  return planes.map((plane, z) =>
    Array.from(plane, (value, pixel) => character(value, z, pixel))
      .join('')
      .replaceAll(/(.{4})(?!$)/g, '$1 ')
  );
}

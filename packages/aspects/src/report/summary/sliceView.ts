import type { LabelMaps } from '../../base/labelMaps';
import type { Vec3 } from '../../series/headCtSeries';
import type { ReportSeries } from '../types';

/**
 * A square window on the slices in the usual radiological view: patient's right on the left, anterior on top.
 */
export interface SliceView {
  /**
   * Index of the pixel under a point of the window (0-1, from the upper left corner); -1 outside the slice.
   */
  pixelAt(x: number, y: number): number;
  /** Side of the window, mm. */
  readonly sideMm: number;
}

/** The regions cover the middle of the head: the window is this much larger than they are. */
const MARGIN = 1.55;

/**
 * The window that shows the head around the masks, the same for all slices; the whole slice where
 * there are no masks.
 */
export function sliceView(series: ReportSeries, masks: LabelMaps): SliceView {
  const { rows, columns, pixelSpacingMm, rowDirection, columnDirection } = series;
  const [rowSpacing, columnSpacing] = pixelSpacingMm;
  const box = maskBox(series, masks);
  const centre = { column: (box.firstColumn + box.lastColumn) / 2, row: (box.firstRow + box.lastRow) / 2 };
  const extentMm = Math.max(
    (box.lastColumn - box.firstColumn + 1) * columnSpacing,
    (box.lastRow - box.firstRow + 1) * rowSpacing
  );
  const wholeMm = Math.max(columns * columnSpacing, rows * rowSpacing);
  const sideMm = Math.min(extentMm * MARGIN, wholeMm);
  // In-plane directions of the patient's left and posterior, whatever the scan's own orientation.
  const left = inPlane([1, 0, 0], rowDirection, columnDirection);
  const posterior: readonly [number, number] = inPlane([0, 1, 0], rowDirection, columnDirection);
  return {
    sideMm,
    pixelAt(x, y) {
      const right = (x - 0.5) * sideMm;
      const down = (y - 0.5) * sideMm;
      const column = Math.round(centre.column + (right * left[0] + down * posterior[0]) / columnSpacing);
      const row = Math.round(centre.row + (right * left[1] + down * posterior[1]) / rowSpacing);
      return column >= 0 && column < columns && row >= 0 && row < rows ? row * columns + column : -1;
    },
  };
}

/** Unit components of a patient axis along the row and the column direction. */
function inPlane(axis: Vec3, rowDirection: Vec3, columnDirection: Vec3): readonly [number, number] {
  const along = (direction: Vec3) => direction.reduce((sum, value, i) => sum + value * axis[i], 0);
  const [u, v] = [along(rowDirection), along(columnDirection)];
  const length = Math.hypot(u, v) || 1;
  return [u / length, v / length];
}

interface Box {
  firstRow: number;
  lastRow: number;
  firstColumn: number;
  lastColumn: number;
}

function maskBox({ rows, columns }: ReportSeries, masks: LabelMaps): Box {
  const box: Box = { firstRow: rows, lastRow: -1, firstColumn: columns, lastColumn: -1 };
  for (const plane of [...masks.regions, ...masks.infarct]) {
    for (let pixel = 0; pixel < plane.length; pixel++) {
      if (plane[pixel] !== 0) {
        const row = Math.floor(pixel / columns);
        const column = pixel % columns;
        box.firstRow = Math.min(box.firstRow, row);
        box.lastRow = Math.max(box.lastRow, row);
        box.firstColumn = Math.min(box.firstColumn, column);
        box.lastColumn = Math.max(box.lastColumn, column);
      }
    }
  }
  return box.lastRow < 0 ? { firstRow: 0, lastRow: rows - 1, firstColumn: 0, lastColumn: columns - 1 } : box;
}

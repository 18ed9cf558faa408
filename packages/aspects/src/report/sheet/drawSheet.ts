import { cssColour, READING_COLOURS } from '../drawing/readingColours';
import type { PictureSheet } from './renderSheet';

/** What drawing needs from a 2D context; both a browser's and a Node canvas library's have it. */
export type SheetContext = Pick<
  CanvasRenderingContext2D,
  | 'createImageData'
  | 'putImageData'
  | 'fillText'
  | 'fillStyle'
  | 'font'
  | 'textBaseline'
  | 'textAlign'
  | 'save'
  | 'restore'
  | 'translate'
  | 'scale'
  | 'fill'
  | 'stroke'
  | 'strokeStyle'
  | 'lineWidth'
>;

/**
 * Pixels first, then the drawing, words on top of both.
 * @param outline Makes a path of the context's own library from an SVG path.
 */
export function drawSheet(
  context: SheetContext,
  sheet: PictureSheet,
  outline: (svgPath: string) => Path2D,
  fontFamily = 'sans-serif'
): void {
  const picture = context.createImageData(sheet.width, sheet.height);
  picture.data.set(sheet.rgba);
  context.putImageData(picture, 0, 0);
  for (const shape of sheet.shapes) {
    context.save();
    context.translate(shape.x, shape.y);
    context.scale(shape.mirrored ? -shape.scale : shape.scale, shape.scale);
    const path = outline(shape.path);
    if (shape.fill) {
      context.fillStyle = shape.fill;
      context.fill(path);
    }
    context.strokeStyle = shape.stroke;
    context.lineWidth = shape.lineWidth;
    context.stroke(path);
    context.restore();
  }
  context.textBaseline = 'top';
  for (const { text, x, y, sizePx, align, colour } of sheet.captions) {
    context.fillStyle = cssColour(colour ?? READING_COLOURS.reader);
    context.font = `${sizePx}px ${fontFamily}`;
    context.textAlign = align;
    context.fillText(text, x, y);
  }
}

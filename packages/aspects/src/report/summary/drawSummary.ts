import { cssColour, READING_COLOURS } from '../drawing/readingColours';
import type { SummaryImage } from './renderSummary';

/** What drawing needs from a 2D context; both a browser's and a Node canvas library's have it. */
export type SummaryContext = Pick<
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
export function drawSummary(
  context: SummaryContext,
  summary: SummaryImage,
  outline: (svgPath: string) => Path2D,
  fontFamily = 'sans-serif'
): void {
  const picture = context.createImageData(summary.width, summary.height);
  picture.data.set(summary.rgba);
  context.putImageData(picture, 0, 0);
  for (const shape of summary.shapes) {
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
  for (const { text, x, y, sizePx, align, colour } of summary.captions) {
    context.fillStyle = cssColour(colour ?? READING_COLOURS.reader);
    context.font = `${sizePx}px ${fontFamily}`;
    context.textAlign = align;
    context.fillText(text, x, y);
  }
}

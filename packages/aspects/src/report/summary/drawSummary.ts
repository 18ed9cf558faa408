import { cssColour, READING_COLOURS } from '../drawing/readingColours';
import type { SummaryImage } from './renderSummary';
import type { SummaryCaption } from './summaryCaption';

const EDGE = 'rgb(0 0 0 / 75%)';
const EDGE_PX = 3;

/** What drawing needs from a 2D context; both a browser's and a Node canvas library's have it. */
export type SummaryContext = Pick<
  CanvasRenderingContext2D,
  | 'createImageData'
  | 'putImageData'
  | 'fillText'
  | 'strokeText'
  | 'lineJoin'
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
  drawCaptions(context, summary.captions, fontFamily);
}

/** Words with a dark edge, which keeps them apart from the bone, lines and fills that they lie on. */
export function drawCaptions(
  context: SummaryContext,
  captions: readonly SummaryCaption[],
  fontFamily = 'sans-serif'
): void {
  context.textBaseline = 'top';
  context.lineJoin = 'round';
  context.lineWidth = EDGE_PX;
  context.strokeStyle = EDGE;
  for (const { text, x, y, sizePx, align, colour } of captions) {
    context.fillStyle = cssColour(colour ?? READING_COLOURS.reader);
    context.font = `${sizePx}px ${fontFamily}`;
    context.textAlign = align;
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }
}

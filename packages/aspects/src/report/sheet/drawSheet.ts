import type { PictureSheet } from './renderSheet';

/** What drawing needs of a 2D context; a browser's and a Node canvas library's have it. */
export type SheetContext = Pick<
  CanvasRenderingContext2D,
  'createImageData' | 'putImageData' | 'fillText' | 'fillStyle' | 'font' | 'textBaseline' | 'textAlign'
>;

/** Pixels first, words on top of them. */
export function drawSheet(context: SheetContext, sheet: PictureSheet, fontFamily = 'sans-serif'): void {
  const picture = context.createImageData(sheet.width, sheet.height);
  picture.data.set(sheet.rgba);
  context.putImageData(picture, 0, 0);
  context.fillStyle = '#ffffff';
  context.textBaseline = 'top';
  for (const { text, x, y, sizePx, align } of sheet.captions) {
    context.font = `${sizePx}px ${fontFamily}`;
    context.textAlign = align;
    context.fillText(text, x, y);
  }
}

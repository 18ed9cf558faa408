import type { PictureSheet } from '@deep-aspects/aspects/report';

/** What encoding needs of a 2D context; a browser's and a Node canvas library's have it. */
export type SheetContext = Pick<
  CanvasRenderingContext2D,
  'putImageData' | 'fillText' | 'fillStyle' | 'font' | 'textBaseline' | 'textAlign'
>;

/** The sheet as a PNG file, by the browser's canvas. Rejects with an `Error` where the browser gives none. */
export async function encodeSheetPng(sheet: PictureSheet): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = sheet.width;
  canvas.height = sheet.height;
  const context = canvas.getContext('2d');
  if (!context) {
    throw new Error('The browser cannot draw pictures');
  }
  drawSheet(context, sheet);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      blob => (blob ? resolve(blob) : reject(new Error('The browser cannot write PNG'))),
      'image/png'
    );
  });
}

/** Pixels first, words on top of them. */
export function drawSheet(context: SheetContext, sheet: PictureSheet): void {
  context.putImageData(new ImageData(sheet.rgba, sheet.width, sheet.height), 0, 0);
  context.fillStyle = '#ffffff';
  context.textBaseline = 'top';
  for (const { text, x, y, sizePx, align } of sheet.captions) {
    context.font = `${sizePx}px sans-serif`;
    context.textAlign = align;
    context.fillText(text, x, y);
  }
}

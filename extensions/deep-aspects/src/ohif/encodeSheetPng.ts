import { drawSheet, rgbPage, type PictureSheet, type RgbPage } from '@deep-aspects/aspects/report';

/** The sheet as a PNG file, by the browser's canvas. Rejects with an `Error` where the browser gives none. */
export async function encodeSheetPng(sheet: PictureSheet): Promise<Blob> {
  const { canvas } = drawn(sheet);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      blob => (blob ? resolve(blob) : reject(new Error('The browser cannot write PNG'))),
      'image/png'
    );
  });
}

/** The sheet with its words as pixels, for a Secondary Capture. Throws an `Error` where the browser cannot draw. */
export function sheetPage(sheet: PictureSheet): RgbPage {
  const { width, height } = sheet;
  return rgbPage(drawn(sheet).context.getImageData(0, 0, width, height).data, width, height);
}

function drawn(sheet: PictureSheet) {
  const canvas = document.createElement('canvas');
  canvas.width = sheet.width;
  canvas.height = sheet.height;
  const context = canvas.getContext('2d');
  if (!context) {
    throw new Error('The browser cannot draw pictures');
  }
  drawSheet(context, sheet, svgPath => new Path2D(svgPath));
  return { canvas, context };
}

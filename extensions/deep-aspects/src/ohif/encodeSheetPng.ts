import {
  drawSheet,
  type PictureSheet,
  type RgbPage,
  rgbPage,
  type SheetPage,
  sheetPages,
} from '@deep-aspects/aspects/report';

/** The sheet as a PNG file, by the browser's canvas. Rejects with an `Error` where the browser gives none. */
export async function encodeSheetPng(sheet: PictureSheet): Promise<Blob> {
  return pngOf(drawn(sheet).canvas);
}

/** The sheet as PNG files, one a page of print. Rejects as `encodeSheetPng`. */
export async function encodePages(
  sheet: PictureSheet
): Promise<{ png: Uint8Array; widthPx: number; page: SheetPage }[]> {
  const { canvas } = drawn(sheet);
  return Promise.all(
    sheetPages(sheet).map(async page => {
      const part = document.createElement('canvas');
      part.width = sheet.width;
      part.height = page.height;
      part.getContext('2d')?.drawImage(canvas, 0, -page.top);
      const png = await pngOf(part);
      return { png: new Uint8Array(await png.arrayBuffer()), widthPx: sheet.width, page };
    })
  );
}

function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      blob => (blob ? resolve(blob) : reject(new Error('The browser cannot write PNG'))),
      'image/png'
    );
  });
}

/**
 * The sheet with its words as pixels, for a Secondary Capture. Throws an `Error` where the
 * browser cannot draw.
 */
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

import {
  drawCaptions,
  drawSummary,
  type SummaryImage,
  type RgbPage,
  rgbPage,
  type SummaryPage,
  summaryPages,
} from '@deep-aspects/aspects/report';

/** The summary as a PNG file, by the browser's canvas. Rejects with an `Error` where there is none. */
export async function encodeSummaryPng(summary: SummaryImage): Promise<Blob> {
  return pngOf(drawn(summary).canvas);
}

/** The summary as PNG files, one a page of print. Rejects as `encodeSummaryPng`. */
export async function encodePages(
  summary: SummaryImage
): Promise<{ png: Uint8Array; widthPx: number; page: SummaryPage }[]> {
  const { canvas } = drawn(summary);
  return Promise.all(
    summaryPages(summary).map(async page => {
      const part = document.createElement('canvas');
      part.width = summary.width;
      part.height = page.height;
      const context = contextOf(part);
      context.drawImage(canvas, 0, page.height - page.rows - page.top);
      // The rows before the page's own are drawn there now.
      context.fillStyle = 'black';
      context.fillRect(0, 0, part.width, page.height - page.rows);
      drawCaptions(context, page.head);
      const png = await pngOf(part);
      return { png: new Uint8Array(await png.arrayBuffer()), widthPx: summary.width, page };
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
 * The summary with its words as pixels, for a Secondary Capture. Throws an `Error` where the
 * browser cannot draw.
 */
export function summaryPage(summary: SummaryImage): RgbPage {
  const { width, height } = summary;
  return rgbPage(drawn(summary).context.getImageData(0, 0, width, height).data, width, height);
}

function drawn(summary: SummaryImage) {
  const canvas = document.createElement('canvas');
  canvas.width = summary.width;
  canvas.height = summary.height;
  const context = contextOf(canvas);
  drawSummary(context, summary, svgPath => new Path2D(svgPath));
  return { canvas, context };
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) {
    throw new Error('The browser cannot draw pictures');
  }
  return context;
}

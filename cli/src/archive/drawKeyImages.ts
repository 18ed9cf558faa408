import * as nodeModule from 'node:module';
import { createCanvas, GlobalFonts, Path2D as CanvasPath } from '@napi-rs/canvas';
import {
  drawSummary,
  renderSummary,
  rgbPage,
  type RgbPage,
  type SummaryContext,
  type SummaryInput,
} from '@deep-aspects/aspects/report';

/**
 * A font of our own: servers and containers often have none, and a summary without the letters of the
 * sides is worthless.
 */
const FONT = 'Deep-ASPECTS summary';
const FONT_FILE = '@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff2';

/** The summary image of a result, its words drawn, without identifiers of the patient. */
export function drawKeyImages(input: Omit<SummaryInput, 'language' | 'patient'>): RgbPage {
  registerFont();
  const summary = renderSummary({ ...input, language: 'en' });
  const { width, height } = summary;
  const context = createCanvas(width, height).getContext('2d');
  // The same drawing functions as a browser's, though not the same types.
  const outline = (svgPath: string) => new CanvasPath(svgPath) as unknown as Path2D;
  drawSummary(context as unknown as SummaryContext, summary, outline, `"${FONT}"`);
  return rgbPage(context.getImageData(0, 0, width, height).data, width, height);
}

function registerFont(): void {
  if (!GlobalFonts.has(FONT)) {
    GlobalFonts.registerFromPath(nodeModule.createRequire(__filename).resolve(FONT_FILE), FONT);
  }
}

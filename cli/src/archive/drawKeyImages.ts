import * as nodeModule from 'node:module';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import {
  drawSheet,
  renderSheet,
  type RgbPage,
  type SheetContext,
  type SheetInput,
} from '@deep-aspects/aspects/report';

/** A font of our own: servers and containers often have none, and a sheet without the letters of the sides is worthless. */
const FONT = 'Deep-ASPECTS sheet';
const FONT_FILE = '@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff2';

/** The picture sheet of a result, its words drawn, without identifiers of the patient. */
export function drawKeyImages(input: Omit<SheetInput, 'language' | 'patient'>): RgbPage {
  registerFont();
  const sheet = renderSheet({ ...input, language: 'en' });
  const { width, height } = sheet;
  const context = createCanvas(width, height).getContext('2d');
  // The same drawing functions as a browser's, though not the same type.
  drawSheet(context as unknown as SheetContext, sheet, `"${FONT}"`);
  return { width, height, rgb: withoutAlpha(context.getImageData(0, 0, width, height).data) };
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let pixel = 0; pixel < rgba.length / 4; pixel++) {
    rgb.set(rgba.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  }
  return rgb;
}

function registerFont(): void {
  if (!GlobalFonts.has(FONT)) {
    GlobalFonts.registerFromPath(nodeModule.createRequire(__filename).resolve(FONT_FILE), FONT);
  }
}

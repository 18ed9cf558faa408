import { readFile, writeFile } from 'node:fs/promises';
import { joinSeries } from './joinSeries.mjs';

/**
 * Writes a `HeadCtSeries` as `FOLDER/series.json` and `FOLDER/series.bin` (int16, slice after slice), so that
 * another process and a page can have the same one.
 */
export async function storeSeries(series, folder) {
  const slices = series.slices.map(({ sopInstanceUID, position }) => ({ sopInstanceUID, position }));
  await writeFile(`${folder}/series.json`, JSON.stringify({ ...series, slices }));
  const pixels = series.slices.map(({ hu }) => Buffer.from(hu.buffer, hu.byteOffset, hu.byteLength));
  await writeFile(`${folder}/series.bin`, Buffer.concat(pixels));
}

export async function readStoredSeries(folder) {
  const header = JSON.parse(await readFile(`${folder}/series.json`, 'utf8'));
  const bytes = await readFile(`${folder}/series.bin`);
  return joinSeries(header, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

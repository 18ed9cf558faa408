import { checkIntegrity } from '../../inference/runtime/integrity';
import type * as SummaryPdf from './summaryPdf';

/** The file that writes PDF, as the build names it: half a megabyte that few readers need. */
const PDF_FILE = 'deep-aspects.pdf.js';

/**
 * Loads what writes PDF from the plugin's folder.
 * @param assetsUrl Absolute URL of the plugin's folder, with a trailing slash.
 * Rejects with an `Error` where the file is not there, or not of this build.
 */
export async function loadSummaryPdf(assetsUrl: string): Promise<typeof SummaryPdf> {
  const url = new URL(PDF_FILE, assetsUrl).href;
  await checkIntegrity(url, assetsUrl);
  return (await import(/* webpackIgnore: true */ url)) as typeof SummaryPdf;
}

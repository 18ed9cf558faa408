import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

const COMPUTE_TIMEOUT_MS = 120_000;

/** Selector of one of the plugin's `data-cy` handles. */
export const cy = handle => `[data-cy="${handle}"]`;

/** Presses "Compute ASPECTS" and waits for the result; a refusal fails the test with what it says. */
export async function compute(page, { timeoutMs = COMPUTE_TIMEOUT_MS } = {}) {
  await page.locator(cy('aspects-compute')).click();
  await untilComputed(page, { timeoutMs });
}

export async function untilComputed(page, { timeoutMs = COMPUTE_TIMEOUT_MS } = {}) {
  await page.locator(cy('aspects-progress')).waitFor();
  await page.locator(cy('aspects-progress')).waitFor({ state: 'detached', timeout: timeoutMs });
  const refused = page.locator(cy('aspects-error'));
  assert.equal(await refused.count(), 0, (await refused.allInnerTexts()).join());
  await page.locator(cy('aspects-score')).waitFor();
}

/** The AspectsResult as a reader downloads it. */
export async function downloadedResult(page) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.evaluate(() =>
      window.commandsManager.runCommand('downloadAspectsReport', { format: 'json' }, 'DEEP_ASPECTS')
    ),
  ]);
  return JSON.parse(await readFile(await download.path(), 'utf8'));
}

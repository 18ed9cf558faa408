import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './installation.mjs';

const READY_TIMEOUT_MS = 90_000;

/** Messages of the official builds themselves, seen without the plugin as well. */
const HOST_NOISE = [/ResizeObserver loop/, /favicon/];

/** One browser page on one installation, with what a case needs to look at it. */
export class Visit {
  /** Console errors and uncaught exceptions since the page was opened. */
  errors = [];

  constructor(page, url, label) {
    this.page = page;
    this.url = url;
    this.label = label;
    const note = text => {
      if (!HOST_NOISE.some(pattern => pattern.test(text))) {
        this.errors.push(text);
      }
    };
    page.on('console', message => message.type() === 'error' && note(message.text()));
    page.on('pageerror', error => note(`uncaught: ${error.message}`));
  }

  async openWorklist() {
    await this.page.goto(this.url);
    await this.page.getByTestId('study-list-results').or(this.page.locator('[data-cy="study-list-results"]')).first().waitFor({
      timeout: READY_TIMEOUT_MS,
    });
  }

  /** Opens a study in the stroke-triage mode and waits until both viewports show an image. */
  async openMode(studyUid) {
    await this.page.goto(`${this.url}stroke-triage?StudyInstanceUIDs=${studyUid}`);
    await this.untilReady();
  }

  async untilReady() {
    await this.page.locator('[data-cy="aspects-panel"]').waitFor({ timeout: READY_TIMEOUT_MS });
    await this.page.waitForFunction(
      () => {
        const elements = window.cornerstone?.getEnabledElements?.() ?? [];
        return elements.length >= 2 && elements.every(({ viewport }) => viewport.getCurrentImageId?.());
      },
      undefined,
      { timeout: READY_TIMEOUT_MS }
    );
  }

  /** What each viewport shows: id, type, series, slice index, number of slices, window width and centre. */
  viewports() {
    return this.page.evaluate(() =>
      window.cornerstone.getEnabledElements().map(({ viewport }) => {
        const { lower, upper } = viewport.getProperties().voiRange;
        const imageId = viewport.getCurrentImageId();
        const instance = window.cornerstone.metaData.get('instance', imageId);
        return {
          id: viewport.id,
          type: viewport.type,
          description: instance.SeriesDescription ?? '',
          seriesInstanceUID: instance.SeriesInstanceUID,
          index: viewport.getCurrentImageIdIndex(),
          count: viewport.getImageIds().length,
          width: Math.round(upper - lower),
          center: Math.round((upper + lower) / 2),
        };
      })
    );
  }

  /** Kept under test-results/e2e, to be looked at. */
  async screenshot(name) {
    const folder = path.join(ROOT, 'test-results/e2e');
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, `${this.label}-${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }
}

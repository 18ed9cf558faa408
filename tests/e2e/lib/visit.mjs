import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './installation.mjs';

const READY_TIMEOUT_MS = 120_000;
/** A busy machine without a graphics processor takes its time. */
const SCREENSHOT_TIMEOUT_MS = 300_000;
/** In narrower ones hosts since 3.13 leave out the patient's ID, by which rows are found here. */
const WORKLIST_WINDOW = { width: 1600, height: 900 };

/**
 * Ids of the viewports before a result, and with one: row by row, a column a level, the lower row
 * with the overlay.
 */
export const READING = ['aspects-stroke', 'aspects-brain'];
export const RESULT = [
  'aspects-ganglionic-plain',
  'aspects-supraganglionic-plain',
  'aspects-ganglionic',
  'aspects-supraganglionic',
];

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

  /** Opens the worklist and waits for the row of that patient. */
  async openWorklist(patientId) {
    await this.page.setViewportSize(WORKLIST_WINDOW);
    await this.page.goto(this.url);
    await this.worklistRow(patientId).waitFor({ timeout: READY_TIMEOUT_MS });
  }

  worklistRow(patientId) {
    return this.page.getByText(patientId, { exact: true }).first();
  }

  /** Opens the mode from the worklist, as a reader does. */
  async enterModeFromWorklist(patientId) {
    await this.worklistRow(patientId).click();
    await this.page
      .getByRole('button', { name: 'Stroke triage' })
      .or(this.page.getByText('Stroke triage'))
      .first()
      .click();
    await this.untilReady();
  }

  async leaveMode() {
    await this.page.locator('[data-cy="return-to-work-list"]').first().click();
    await this.page.waitForFunction(() => !document.querySelector('[data-cy="aspects-panel"]'));
  }

  /** Opens a study in the stroke-triage mode and waits until its viewports show an image. */
  async openMode(studyUid) {
    await this.page.goto(`${this.url}stroke-triage?StudyInstanceUIDs=${studyUid}`);
    await this.untilReady();
  }

  async untilReady() {
    await this.page.locator('[data-cy="aspects-panel"]').waitFor({ timeout: READY_TIMEOUT_MS });
    await this.page.waitForFunction(
      layouts => {
        const shown = (window.cornerstone?.getEnabledElements?.() ?? [])
          .map(({ viewport }) => viewport)
          .filter(viewport => viewport.getCurrentImageId?.() && viewport.getProperties().voiRange);
        return layouts.some(ids => ids.every(id => shown.some(viewport => viewport.id === id)));
      },
      [READING, RESULT],
      { timeout: READY_TIMEOUT_MS }
    );
  }

  /**
   * What each pane of the grid shows (thumbnails have viewports too, which are left out): id, type, series,
   * slice index, number of slices, window width and centre.
   */
  viewports() {
    return this.page.evaluate(() =>
      [...window.services.viewportGridService.getState().viewports.keys()].map(id => {
        const { viewport } = window.cornerstone.getEnabledElementByViewportId(id);
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
          // The range spans the width's values from first to last (PS3.3 C.11.2.1.2.1).
          width: Math.round(upper - lower + 1),
          center: Math.round((upper + lower + 1) / 2),
        };
      })
    );
  }

  /** Kept under test-results/e2e, to be looked at. */
  async screenshot(name) {
    const folder = path.join(ROOT, 'test-results/e2e');
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, `${this.label}-${name}.png`);
    await this.page.screenshot({ path: file, timeout: SCREENSHOT_TIMEOUT_MS });
    return file;
  }
}

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const MOST_TABS = 200;

/** Runs axe-core on a part of the page; fails with what it calls serious or critical there. */
export async function expectAccessible(page, selector, state) {
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(await readFile(AXE, 'utf8'));
  }
  const { violations, passes } = await page.evaluate(
    ([root, tags]) =>
      window.axe.run(root, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }),
    [selector, TAGS]
  );
  assert.ok(passes.length > 0, `axe looked at nothing in ${selector}`);
  const bad = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`
    );
  assert.deepEqual(bad, [], `axe, ${state}`);
}

/**
 * Handles of the tab stops in a part of the page that can be used now; region controls by the row
 * that they are in.
 */
export function controlsIn(page, selector) {
  return page.evaluate(
    ([root, nameSource]) => {
      const nameOf = new Function('element', nameSource);
      return (
        [
          ...document
            .querySelector(root)
            .querySelectorAll('button, select, input, a[href], summary, [tabindex="0"]'),
        ]
          // Arrow keys go on in a group of which only one has a tab stop.
          .filter(element => !element.disabled && element.tabIndex >= 0)
          .filter(element => element.matches('summary') || !element.closest('details:not([open])'))
          .map(nameOf)
      );
    },
    [selector, NAME_OF]
  );
}

/**
 * Presses Tab from the first control on, and gives what had the focus within that part of the page, in order.
 */
export async function tabThrough(page, selector) {
  await page.evaluate(
    root => document.querySelector(root).querySelector('button, select, input').focus(),
    selector
  );
  const visited = [];
  for (let tab = 0; tab < MOST_TABS; tab++) {
    const name = await page.evaluate(
      ([root, nameSource]) => {
        const element = document.activeElement;
        const inside = document.querySelector(root).contains(element);
        return inside ? new Function('element', nameSource)(element) : null;
      },
      [selector, NAME_OF]
    );
    if (name === null) {
      return visited;
    }
    visited.push(name);
    await page.keyboard.press('Tab');
  }
  throw new Error('The focus does not leave the panel');
}

/** Tabs on to the control with that handle, from wherever the focus is. */
export async function tabTo(page, handle) {
  for (let tab = 0; tab < MOST_TABS; tab++) {
    const there = await page.evaluate(wanted => {
      const element = document.activeElement;
      const own = element?.dataset?.cy ?? element?.closest('[data-cy^="aspects-region-"]')?.dataset.cy;
      return own === wanted;
    }, handle);
    if (there) {
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${handle}`);
}

/** Name of a control for a message: its handle, or its row and role. */
const NAME_OF = `
  const row = element.closest('[data-cy^="aspects-region-"]');
  return element.dataset.cy ?? (row ? row.dataset.cy + ' ' + (element.getAttribute('role') ?? 'jump') : element.outerHTML.slice(0, 80));
`;

/** What sticks out of a part of the page, or is cut off in it, sideways. */
export function overflowing(page, selector, { unfolded = false } = {}) {
  return page.evaluate(
    ([root, open]) => {
      const closed = open ? [...document.querySelector(root).querySelectorAll('details:not([open])')] : [];
      closed.forEach(fold => (fold.open = true));
      try {
        const box = document.querySelector(root).getBoundingClientRect();
        return (
          [
            ...document
              .querySelector(root)
              .querySelectorAll('button, p, h3, h4, dd, dt, label, select, span, li, svg'),
          ]
            // What lies in a closed fold is laid out, and nobody sees it.
            .filter(element => element.checkVisibility() && !element.closest('.dasp-sr-only'))
            .filter(element => {
              const { left, right, width } = element.getBoundingClientRect();
              return (
                width > 0 &&
                (right > box.right + 1 ||
                  left < box.left - 1 ||
                  (element.scrollWidth > element.clientWidth + 1 &&
                    getComputedStyle(element).overflow === 'hidden'))
              );
            })
            .map(element => element.outerHTML.slice(0, 120))
        );
      } finally {
        closed.forEach(fold => (fold.open = false));
      }
    },
    [selector, unfolded]
  );
}

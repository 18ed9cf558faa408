import assert from 'node:assert/strict';
import { overflowing } from '../lib/accessibility.mjs';
import { unfold } from '../lib/aspects.mjs';
import { twoSliceStudy } from '../lib/derivedStudy.mjs';
import { compute, cy } from '../lib/panel.mjs';

const PANEL = cy('aspects-panel');
/**
 * Smallest drawing in which regions can be told apart and hit, and smallest label that can be
 * read, CSS pixels.
 */
const SMALLEST_DRAWING = 90;
const SMALLEST_LABEL = 5;

/** Windows of readers; at 200 % a window has half as many CSS pixels. */
const SIZES = [
  { width: 1280, height: 720 },
  { width: 1600, height: 900 },
  { width: 1920, height: 1080 },
  { width: 800, height: 450, zoom: '200 %' },
];

/** What the layout of the result comes to, CSS pixels. */
function measure(page) {
  return page.evaluate(root => {
    const panel = document.querySelector(root);
    const box = element => element.getBoundingClientRect();
    const all = selector => [...panel.querySelectorAll(selector)];
    const rowsOf = side => all(`[data-cy^="aspects-region-"][data-cy$="-${side}"]`).map(row => box(row));
    return {
      // What scrolls stands above the footer, which stays.
      scrollbar: Math.max(
        ...[panel, ...all('*')]
          .filter(part => /auto|scroll/.test(getComputedStyle(part).overflowY))
          .map(part => part.offsetWidth - part.clientWidth)
      ),
      drawings: all('[data-cy="aspects-schematic"] svg').map(svg => [box(svg).width, box(svg).height]),
      shapes: all('[data-cy="aspects-schematic"] [data-region]').map(shape => box(shape).width),
      labels: all('[data-cy="aspects-schematic"] [data-region] text').map(text => box(text).height),
      right: rowsOf('right').map(({ left, top }) => ({ left, top })),
      left: rowsOf('left').map(({ left, top }) => ({ left, top })),
    };
  }, PANEL);
}

export default [
  {
    name: 'the result in a panel with a scrollbar',
    ohif: ['3.12.10'],
    async run(visit, { check, store, studies }) {
      const { page } = visit;
      await visit.openMode(await twoSliceStudy(studies.demo.folder, store, '80'));
      await compute(page);
      await unfold(page);
      for (const { zoom, ...size } of SIZES) {
        const name = zoom ?? `${size.width} px`;
        await check(`is whole at ${name}`, async () => {
          await page.setViewportSize(size);
          await page.waitForTimeout(500);
          const { scrollbar, drawings, shapes, labels, right, left } = await measure(page);
          await visit.screenshot(`panel-${name.replace(/\W+/g, '-')}`);
          assert.ok(scrollbar > 0, 'this browser has no scrollbars');
          assert.equal(drawings.length, 2);
          assert.ok(Math.min(...drawings.flat()) >= SMALLEST_DRAWING, `drawings ${JSON.stringify(drawings)}`);
          assert.equal(shapes.length, 20);
          assert.ok(Math.min(...shapes) > 0 && Math.min(...labels) >= SMALLEST_LABEL, `labels ${labels}`);
          assert.deepEqual(
            left.map(({ top }) => top),
            right.map(({ top }) => top)
          );
          assert.equal(left.length, 10);
          assert.ok(left.every((row, index) => row.left > right[index].left));
          assert.deepEqual(await overflowing(page, PANEL), []);
        });
      }
    },
  },
];

import assert from 'node:assert/strict';
import { overflowing } from './accessibility.mjs';
import { cy } from './panel.mjs';

export const PANEL = cy('aspects-panel');
const windowOf = width => ({ width, height: 900 });
/** The window of most readers, CSS pixels. */
export const USUAL_WINDOW = windowOf(1600);
/**
 * In none of these anything may have to be scrolled to. First the one in which a page is opened: without a
 * GPU each change costs seconds of drawing.
 */
export const WINDOWS = [USUAL_WINDOW, windowOf(1280), windowOf(1920)];
/**
 * A laptop without and with the browser's own bars: what a reading needs is in sight, and the reading aids
 * scroll.
 */
export const LAPTOP_WINDOWS = [
  { width: 1366, height: 768 },
  { width: 1366, height: 657 },
];
/** The usual one at 200 %, CSS pixels: there everything scrolls, and nothing is cut off. */
export const BIG_ZOOM = { width: 800, height: 450 };

const SIDES_ATTEMPTS = 30;

/** Smallest text of the panel that a tired reader reads, CSS pixels. */
const SMALLEST_TEXT = 11;
/**
 * Smallest letter of the drawing, CSS pixels; in a low window, where its regions still have their places and
 * colours, a smaller one.
 */
const SMALLEST_LETTER = 9;
const SMALLEST_LETTER_IF_LOW = 7;
/** Most opaque fill under which grey and white matter still differ. */
const MOST_FILL = 0.25;
/** What a reading cannot do without. */
const NEEDED = ['aspects-score', 'aspects-haemorrhage', 'aspects-error', 'aspects-affected', 'aspects-store'];

/** What the screen comes to, CSS pixels: of the panel, its drawing, and the outlines on the images. */
function measure(page) {
  return page.evaluate(
    ([root, needed]) => {
      const panel = document.querySelector(root);
      const all = selector => [...panel.querySelectorAll(selector)];
      const box = element => element.getBoundingClientRect();
      const middle = element => box(element).left + box(element).width / 2;
      const isRead = element =>
        [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()) &&
        box(element).width > 0 &&
        !element.closest('.dasp-sr-only, svg, style, option');
      const frame = box(panel);
      return {
        scrolled: [panel, ...all('*')]
          .filter(part => /auto|scroll/.test(getComputedStyle(part).overflowY))
          .map(part => part.scrollHeight - part.clientHeight),
        outOfSight: all(needed)
          .filter(
            part =>
              box(part).bottom > frame.bottom + 1 || box(part).top < frame.top || frame.bottom > innerHeight
          )
          .map(part => part.dataset.cy),
        textSizes: all('*')
          .filter(isRead)
          .map(part => [parseFloat(getComputedStyle(part).fontSize), part.textContent.trim().slice(0, 60)]),
        // A side has a line, however many of its regions are affected.
        brokenLines: all('[data-cy="aspects-affected"] > p')
          .filter(line => box(line).height > 1.5 * parseFloat(getComputedStyle(line).lineHeight))
          .map(line => line.innerText),
        letters: all('[data-cy="aspects-schematic"] text').map(
          letter =>
            Math.round(10 * parseFloat(getComputedStyle(letter).fontSize) * letter.getScreenCTM().d) / 10
        ),
        // Nuclei are drawn smaller than their names; those of the cortex have room.
        namesAcrossBorders: all('[data-cy="aspects-schematic"] [data-region^="M"]')
          .filter(shape => {
            const [region, name] = ['path', 'text'].map(part => box(shape.querySelector(part)));
            return name.left < region.left - 0.5 || name.right > region.right + 0.5;
          })
          .map(({ dataset }) => `${dataset.region} ${dataset.side}`),
        drawn: all('[data-cy="aspects-schematic"] [data-region]').map(shape => ({
          side: shape.dataset.side,
          offset: middle(shape) - middle(shape.closest('svg')),
        })),
        panes: [...window.services.viewportGridService.getState().viewports.keys()].map(id => {
          const { viewport } = window.cornerstone.getEnabledElementByViewportId(id);
          const paths = [...viewport.element.querySelectorAll('.dasp-outlines path')];
          return {
            id,
            slice: viewport.getCurrentImageIdIndex(),
            outlines: paths.map(path => ({
              side: path.dataset.side,
              affected: path.dataset.affected === 'true',
              fill: path.getAttribute('fill'),
              offset: middle(path) - middle(viewport.element),
            })),
          };
        }),
      };
    },
    [PANEL, NEEDED.map(cy).join()]
  );
}

/** How far each pane's slice lies from a point of the patient, mm, by id. */
export function distancesTo(page, point) {
  return page.evaluate(
    at =>
      Object.fromEntries(
        [...window.services.viewportGridService.getState().viewports.keys()].map(id => {
          const { viewport } = window.cornerstone.getEnabledElementByViewportId(id);
          const plane = window.cornerstone.metaData.get('imagePlaneModule', viewport.getCurrentImageId());
          const [a, b, c] = plane.rowCosines;
          const [d, e, f] = plane.columnCosines;
          const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
          const along = normal.map((value, axis) => value * (at[axis] - plane.imagePositionPatient[axis]));
          return [id, Math.abs(along[0] + along[1] + along[2])];
        })
      ),
    point
  );
}

/** How opaque an SVG fill is: `none`, `#rrggbb` or `rgb(r g b / 12%)`. */
function opacityOf(fill) {
  const [, share, unit] = /\/ *([\d.]+)(%?)\)$/.exec(fill) ?? [];
  return fill === 'none' ? 0 : share === undefined ? 1 : Number(share) / (unit ? 100 : 1);
}

/**
 * Patient's left is on the right of pictures and drawing. Near the middle, a region's box may reach across.
 */
const isOnItsSide = ({ side, offset }) => (side === 'left' ? offset > 0 : offset < 0);

/**
 * Fails where a reader would not accept the screen: something has to be scrolled to (in a low window: the
 * reading itself) or is cut off, text too small, a region on the wrong side, an outline over the images that
 * are for looking, or a fill that hides what it is about.
 */
export async function expectGoodScreen(page) {
  const { height } = page.viewportSize();
  const measured = await measure(page);
  const { scrolled, outOfSight, textSizes, letters, brokenLines, namesAcrossBorders, drawn, panes } =
    measured;
  assert.ok(
    height < USUAL_WINDOW.height || Math.max(0, ...scrolled) <= 1,
    `the panel scrolls by ${Math.max(...scrolled)} px`
  );
  assert.deepEqual(outOfSight, [], 'out of sight');
  assert.deepEqual(await overflowing(page, PANEL), [], 'cut off');
  assert.deepEqual(brokenLines, [], 'affected regions in more than a line');
  assert.deepEqual(await ringsOnWords(page), [], 'ring of the focus on words');
  assert.deepEqual(await namesOnNames(page), [], 'names of regions on each other');
  assert.ok(textSizes.length > 5, 'the panel has text');
  assert.deepEqual(
    textSizes.filter(([size]) => size < SMALLEST_TEXT),
    [],
    'too small'
  );
  const smallest = height < USUAL_WINDOW.height ? SMALLEST_LETTER_IF_LOW : SMALLEST_LETTER;
  assert.ok(Math.min(...letters, Infinity) >= smallest, `letters of the drawing, px: ${letters}`);
  assert.deepEqual(namesAcrossBorders, [], 'names of the drawing across its borders');
  assert.deepEqual(
    drawn.filter(shape => !isOnItsSide(shape)),
    [],
    'on the wrong side of the drawing'
  );
  for (const { id, outlines } of panes) {
    assert.ok(!id.endsWith('-plain') || outlines.length === 0, `outlines over ${id}`);
    assert.deepEqual(
      outlines.filter(outline => !isOnItsSide(outline)),
      [],
      `on the wrong side of ${id}`
    );
    assert.deepEqual(
      outlines.filter(({ affected, fill }) => opacityOf(fill) > (affected ? MOST_FILL : 0)),
      [],
      `fills in ${id}`
    );
  }
  return panes;
}

/**
 * Fails where a letter at the edge of a pane is not what lies there: by where a step to the left, to the
 * back, ... leads on the canvas, by the host's own letter on the other side, and by the outlines that are
 * drawn there.
 *
 * @returns what stands at the right edge of each pane, by id
 */
export async function expectSides(page) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sidesNow(page);
    } catch (error) {
      if (attempt === SIDES_ATTEMPTS) {
        throw error;
      }
      // The host writes its letter a while after the picture is turned.
      await page.waitForTimeout(500);
    }
  }
}

async function sidesNow(page) {
  await page.waitForFunction(() => {
    const { viewports } = window.services.viewportGridService.getState();
    return [...viewports.keys()].every(
      id =>
        window.cornerstone
          .getEnabledElementByViewportId(id)
          .viewport.element.querySelector('.dasp-side-marker[data-edge="right"]')?.textContent
    );
  });
  const panes = await page.evaluate(() => {
    const steps = { L: [9, 0, 0], R: [-9, 0, 0], P: [0, 9, 0], A: [0, -9, 0], H: [0, 0, 9], F: [0, 0, -9] };
    return [...window.services.viewportGridService.getState().viewports.keys()].map(id => {
      const { viewport } = window.cornerstone.getEnabledElementByViewportId(id);
      const { element, canvas } = viewport;
      const middle = viewport.canvasToWorld([canvas.clientWidth / 2, canvas.clientHeight / 2]);
      const from = viewport.worldToCanvas(middle);
      const farthest = axis =>
        Object.entries(steps)
          .map(([letter, step]) => [
            viewport.worldToCanvas(middle.map((value, k) => value + step[k]))[axis] - from[axis],
            letter,
          ])
          .sort(([a], [b]) => b - a)[0][1];
      const textAt = edge => element.querySelector(`.dasp-side-marker[data-edge="${edge}"]`).textContent;
      const pane = element.closest('[data-cy="viewport-pane"]');
      const box = element.getBoundingClientRect();
      const letter = element.querySelector('.dasp-side-marker[data-edge="right"]').getBoundingClientRect();
      return {
        id,
        shown: { right: textAt('right'), bottom: textAt('bottom') },
        true: { right: farthest(0), bottom: farthest(1) },
        host: pane.querySelector('.left-mid .orientation-marker-value')?.textContent,
        isInside: letter.width > 5 && letter.right <= box.right && letter.left > box.left + box.width / 2,
        outlines: [...element.querySelectorAll('.dasp-outlines path')].map(path => {
          const { left, width } = path.getBoundingClientRect();
          return { side: path.dataset.side, offset: left + width / 2 - box.left - box.width / 2 };
        }),
      };
    });
  });
  const opposite = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };
  for (const pane of panes) {
    const { id, shown, host, outlines, isInside } = pane;
    assert.equal(shown.right[0], pane.true.right, `right edge of ${id}`);
    const below = /[LR]/.test(pane.true.bottom) ? pane.true.bottom : '';
    assert.equal(shown.bottom.slice(0, 1), below, `lower edge of ${id}`);
    assert.equal(opposite[shown.right[0]], host?.[0], `the host's letter on the left of ${id}`);
    assert.ok(isInside, `the letter of ${id} is not in its pane`);
    if (/[LR]/.test(shown.right[0])) {
      const right = shown.right[0] === 'L' ? 'left' : 'right';
      assert.deepEqual(
        outlines.filter(({ side, offset }) => (side === right) !== offset > 0),
        [],
        `outlines on the other side of ${id}`
      );
    }
  }
  return Object.fromEntries(panes.map(({ id, shown }) => [id, shown.right]));
}

/**
 * Waits until a pane shows the colour of a class of infarct (1 acute, 2 old, 3 haemorrhage), as the panel has
 * it.
 */
export function untilDrawn(page, viewportId, infarctClass) {
  return page.waitForFunction(
    ([id, name]) => {
      const numbersIn = text => text.match(/[\d.]+/g).map(Number);
      const wanted = numbersIn(
        getComputedStyle(document.querySelector('.dasp-panel')).getPropertyValue(name)
      );
      const { canvas } = window.cornerstone.getEnabledElementByViewportId(id).viewport;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let found = 0;
      for (let i = 0; i < data.length; i += 4) {
        found += [0, 1, 2].every(k => Math.abs(data[i + k] - wanted[k]) < 40) ? 1 : 0;
      }
      return found > 40;
    },
    [viewportId, `--dasp-class-${infarctClass}`],
    { polling: 500 }
  );
}

/** Handles of the panel's controls whose ring of the focus lies on words of something else. */
export function ringsOnWords(page) {
  return page.evaluate(root => {
    const panel = document.querySelector(root);
    const before = document.activeElement;
    const isSeen = element => element.checkVisibility() && !element.closest('.dasp-sr-only, option');
    const words = [...panel.querySelectorAll('*')].filter(isSeen).flatMap(owner =>
      [...owner.childNodes]
        .filter(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
        .map(node => {
          const range = document.createRange();
          range.selectNodeContents(node);
          return { owner, range };
        })
    );
    const touching = [];
    const clipped = (owner, { left, right, top, bottom }) => {
      const part = owner.closest('.dasp-scroll')?.getBoundingClientRect();
      return {
        left,
        right,
        top: Math.max(top, part?.top ?? top),
        bottom: Math.min(bottom, part?.bottom ?? bottom),
      };
    };
    const controls = 'button, select, input:not(:disabled), summary, .dasp-score-card';
    for (const control of [...panel.querySelectorAll(controls)].filter(isSeen)) {
      control.focus({ focusVisible: true });
      const style = getComputedStyle(control);
      const reach = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
      const box = control.getBoundingClientRect();
      const hit = words.find(
        ({ owner, range }) =>
          !control.contains(owner) &&
          [...range.getClientRects()]
            .map(rect => clipped(owner, rect))
            .some(
              rect =>
                rect.top < rect.bottom &&
                rect.left < box.right + reach &&
                rect.right > box.left - reach &&
                rect.top < box.bottom + reach &&
                rect.bottom > box.top - reach
            )
      );
      if (style.outlineStyle === 'none' || hit) {
        touching.push(`${control.dataset.cy ?? control.outerHTML.slice(0, 60)}: ${hit?.range ?? 'no ring'}`);
      }
    }
    // Nothing had it: the pictures that follow show no ring.
    document.activeElement?.blur();
    before?.focus({ focusVisible: false });
    return touching;
  }, PANEL);
}

/** Names of regions that lie on each other, by pane. */
export function namesOnNames(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('.dasp-outlines')].flatMap(layer => {
      const names = [...layer.querySelectorAll('text')].map(text => ({
        name: text.textContent,
        box: text.getBoundingClientRect(),
      }));
      return names.flatMap((one, i) =>
        names
          .slice(i + 1)
          .filter(
            ({ box }) =>
              box.left < one.box.right - 1 &&
              box.right > one.box.left + 1 &&
              box.top < one.box.bottom - 4 &&
              box.bottom > one.box.top + 4
          )
          .map(other => `${one.name} on ${other.name}`)
      );
    })
  );
}

/** Presses Tab until the control with that handle has the focus. @returns how often */
export async function tabsTo(page, handle, most) {
  for (let tabs = 0; tabs <= most; tabs++) {
    if (await page.evaluate(wanted => document.activeElement?.dataset.cy === wanted, handle)) {
      return tabs;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`${most} tab stops do not reach ${handle}`);
}

/**
 * Counts the clicks of the mouse on every page that is opened from now on. @returns a function that gives the
 * count since the last call
 */
export async function countClicks(page) {
  let clicks = 0;
  await page.exposeFunction('countClick', () => (clicks += 1));
  await page.addInitScript(() =>
    document.addEventListener(
      'click',
      ({ detail, isTrusted }) => isTrusted && detail > 0 && window.countClick(),
      true
    )
  );
  return () => {
    const counted = clicks;
    clicks = 0;
    return counted;
  };
}

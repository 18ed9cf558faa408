import assert from 'node:assert/strict';

/** A quarter of a reader's screen is enough to tell a picture from none, and does not hold up the page. */
const SIZE = { maxWidth: 800, maxHeight: 450 };
/** Darkest level that is tissue or bone. */
const BRIGHT = 45;
/** Share of a pane that a head covers: less are letters and lines alone, more is an empty white page. */
const DRAWN = { least: 0.05, most: 0.9 };

/**
 * Records what a reader sees, frame by frame as the browser presents them.
 *
 * @returns `stop()` fails where a pane of the layout at that moment was blank in a frame after the first in
 *   which all of them had a picture, and gives the number of frames
 */
export async function recordScreen(page) {
  const session = await page.context().newCDPSession(page);
  const frames = [];
  session.on('Page.screencastFrame', ({ data, sessionId }) => {
    frames.push(data);
    session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
  });
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 70, ...SIZE });
  return {
    async stop() {
      await session.send('Page.stopScreencast');
      await session.detach();
      expectNeverBlank(await brightShares(page, frames));
      return frames.length;
    },
  };
}

function expectNeverBlank(frames) {
  const isDrawn = shares => shares.every(share => share >= DRAWN.least && share <= DRAWN.most);
  const first = frames.findIndex(isDrawn);
  assert.ok(first > 0, `of ${frames.length} frames, the first with pictures in all panes is no. ${first}`);
  const blank = frames.flatMap((shares, i) => (i > first && !isDrawn(shares) ? [`no. ${i}: ${shares}`] : []));
  assert.deepEqual(blank, [], `blank after no. ${first} of ${frames.length}: bright shares of the panes`);
}

/** Of each frame, and in it of each pane, the share of bright pixels; another page reads the pictures. */
async function brightShares(page, frames) {
  const panes = await page.evaluate(() =>
    [...document.querySelectorAll('[data-cy="viewport-pane"]')].map(pane => {
      const { left, top, width, height } = pane.getBoundingClientRect();
      return [left, top, width, height].map(value => value / innerWidth);
    })
  );
  assert.ok(panes.length > 0, 'no pane to look at');
  const context = await page.context().browser().newContext();
  try {
    const reader = await context.newPage();
    const shares = [];
    for (const frame of frames) {
      shares.push(await reader.evaluate(sharesOf, [frame, panes, BRIGHT]));
    }
    return shares;
  } finally {
    await context.close();
  }
}

/** In the page. */
async function sharesOf([frame, panes, bright]) {
  const picture = await createImageBitmap(await (await fetch(`data:image/jpeg;base64,${frame}`)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
  canvas.drawImage(picture, 0, 0);
  return panes.map(pane => {
    const [left, top, width, height] = pane.map(value => Math.round(value * picture.width));
    const { data } = canvas.getImageData(left, top, width, height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      count += Math.min(data[i], data[i + 1], data[i + 2]) > bright ? 1 : 0;
    }
    return count / (data.length / 4);
  });
}

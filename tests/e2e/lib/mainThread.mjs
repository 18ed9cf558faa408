/**
 * Watches how long scripts of ours hold the page's main thread, while the host and a software
 * renderer hold it too.
 *
 * A sampling profile says whose code runs at each moment: that of the innermost frame with an address, so
 * that a callback of the host that calls us counts for us while we run, and the host's work that we asked for
 * counts for the host. The browser's long tasks (50 ms and more) say which moments lie in one task.
 */
const SAMPLING_US = 1000;
/**
 * A longer pause between samples is no work of ours: a busy machine had taken the thread off its processor.
 */
const LONGEST_SAMPLE_MS = 2;

/**
 * @param ours tells by a script's address whether it is ours
 * @returns `stop()`: for each long task, longest first of ours, `{durationMs, oursMs, functions}`; and
 *   `sampledMs` of ours in all
 */
export async function watchMainThread(page, ours) {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Performance.enable');
  await devTools.send('Profiler.enable');
  await devTools.send('Profiler.setSamplingInterval', { interval: SAMPLING_US });
  await page.evaluate(() => {
    window.longTasks = [];
    window.longTaskObserver = new PerformanceObserver(list =>
      window.longTasks.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration })))
    );
    window.longTaskObserver.observe({ type: 'longtask' });
  });
  await devTools.send('Profiler.start');
  return {
    async stop() {
      const { profile } = await devTools.send('Profiler.stop');
      const { metrics } = await devTools.send('Performance.getMetrics');
      const tasks = await page.evaluate(() => {
        window.longTaskObserver.disconnect();
        return window.longTasks;
      });
      await devTools.detach();
      const navigationStart = metrics.find(({ name }) => name === 'NavigationStart').value * 1000;
      return attribute(profile, tasks, navigationStart, ours);
    },
  };
}

function attribute(profile, tasks, navigationStartMs, ours) {
  const nameOfOurs = namesOfOurs(profile, ours);
  const samples = [];
  let at = profile.startTime / 1000 - navigationStartMs;
  // A sample stands for the time until the next one.
  profile.samples.forEach((node, index) => {
    at += profile.timeDeltas[index] / 1000;
    const ms = Math.min((profile.timeDeltas[index + 1] ?? 0) / 1000, LONGEST_SAMPLE_MS);
    samples.push({ at, ms, name: nameOfOurs.get(node) });
  });
  const oursWithin = (from, to) => samples.filter(({ at, name }) => name && at >= from && at < to);
  const long = tasks.map(({ startTime, duration }) => {
    const mine = oursWithin(startTime, startTime + duration);
    return { durationMs: duration, oursMs: total(mine), functions: heaviest(mine) };
  });
  long.sort((one, other) => other.oursMs - one.oursMs);
  return { long, sampledMs: total(oursWithin(-Infinity, Infinity)) };
}

/**
 * Node id -> name of our function that it runs in, for the nodes whose innermost frame with an
 * address is ours.
 */
function namesOfOurs({ nodes }, ours) {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map(child => [child, id])));
  const byId = new Map(nodes.map(node => [node.id, node]));
  const names = new Map();
  for (const { id } of nodes) {
    let frame = byId.get(id);
    while (frame && !frame.callFrame.url) {
      frame = byId.get(parents.get(frame.id));
    }
    if (frame && ours(frame.callFrame.url)) {
      const { functionName, lineNumber, columnNumber } = frame.callFrame;
      names.set(id, `${functionName || 'anonymous'} (${lineNumber + 1}:${columnNumber + 1})`);
    }
  }
  return names;
}

function heaviest(samples) {
  const times = new Map();
  samples.forEach(({ name, ms }) => times.set(name, (times.get(name) ?? 0) + ms));
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 5)
    .map(([name, ms]) => `${name} ${ms.toFixed(0)} ms`);
}

function total(samples) {
  return samples.reduce((sum, { ms }) => sum + ms, 0);
}

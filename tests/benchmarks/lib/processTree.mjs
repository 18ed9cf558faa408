import { readFile } from 'node:fs/promises';

/** Kernels tell processor time in these, whatever they count in. */
const TICKS_PER_SECOND = 100;

/**
 * Resident memory, MB, and processor time so far, s, of a process and all that it started and that still runs
 * (Linux: from /proc).
 */
export async function usageOf(pid) {
  const [status, stat, children] = await Promise.all(
    ['status', 'stat', `task/${pid}/children`].map(file => readFile(`/proc/${pid}/${file}`, 'utf8'))
  );
  // Fields 14 and 15, counted from the end of the name, which may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const theirs = await Promise.all(children.split(' ').filter(Boolean).map(usageOf));
  const sum = (own, key) => theirs.reduce((total, usage) => total + usage[key], own);
  return {
    // One that has just ended has no memory any more.
    megabytes: sum(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024, 'megabytes'),
    processorSeconds: sum((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, 'processorSeconds'),
  };
}

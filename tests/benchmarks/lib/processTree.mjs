import { readFile } from 'node:fs/promises';

/** Resident memory of a process and all that it started, MB (Linux: from /proc). */
export async function residentMb(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean);
  const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) / 1024;
  const theirs = await Promise.all(children.map(residentMb));
  return theirs.reduce((sum, megabytes) => sum + megabytes, own);
}

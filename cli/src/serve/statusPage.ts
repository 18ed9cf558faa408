import type { FailedJob, JobCounts } from '../queue/jobQueue';
import type { RecentOutcome } from './serviceMetrics';

export interface Status {
  readonly counts: JobCounts;
  readonly failed: readonly FailedJob[];
  readonly recent: readonly RecentOutcome[];
  readonly trouble?: string;
}

/** The status page: a plain HTML document that loads nothing and reloads itself. */
export function statusPage({ counts, failed, recent, trouble }: Status): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Deep-ASPECTS</title>
<style>body{font:14px sans-serif;margin:2em}td,th{text-align:left;padding:.2em 1em .2em 0}</style></head><body>
<h1>Deep-ASPECTS</h1>
<p>${text(trouble ?? 'All is well.')} Research software, not a medical device.</p>
<p>Queued ${counts.queued}, running ${counts.running}, failed ${counts.failed}.</p>
${table(
  'Latest outcomes of this process',
  recent.map(({ at, studyInstanceUID, text: outcome }) => [at, studyInstanceUID, outcome])
)}
${table(
  'Failed for good',
  failed.map(({ name, reason, attempts }) => [name, reason, `after ${attempts} attempts`])
)}
</body></html>
`;
}

function table(title: string, rows: readonly (readonly string[])[]): string {
  const body = rows
    .map(cells => `<tr>${cells.map(cell => `<td>${text(cell)}</td>`).join('')}</tr>`)
    .join('\n');
  return rows.length ? `<h2>${text(title)}</h2>\n<table>${body}</table>` : '';
}

/** A reason may hold whatever an archive answered. */
function text(value: string): string {
  return value.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
}

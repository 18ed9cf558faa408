import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JobQueue, OpenJob } from '../queue/jobQueue';
import type { ServiceMetrics } from './serviceMetrics';
import { statusPage } from './statusPage';

export interface StatusServerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly queue: JobQueue;
  readonly metrics: ServiceMetrics;
  /** Undefined while all is well; else a sentence. */
  readonly trouble: () => string | undefined;
  /**
   * An archive tells that a study is complete, and perhaps the AE title of who sent it; absent in a process
   * that watches none.
   */
  readonly onComplete?: (studyInstanceUID: string, sender?: string) => void;
}

export interface StatusServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Longest wait for the queue's answer, ms: a Redis that is away answers never. */
const PATIENCE_MS = 2_000;

/** Longest AE title (PS3.5 6.2). */
const AE_TITLE = /^[\x20-\x7e]{1,16}$/;

/**
 * `/healthz`, `/metrics`, a status page, `/studies` for worklists, and
 * `POST /complete/STUDY_UID[?sender=AE_TITLE]` for archives that can tell. Rejects with the listen error,
 * e.g. EADDRINUSE.
 */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://status');
    if (request.method === 'POST') {
      send(response, announce(pathname, searchParams, options), 'text/plain', '');
      return;
    }
    answer(pathname, options, response).catch((error: unknown) =>
      send(response, 503, 'text/plain', error instanceof Error ? error.message : String(error))
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.listen.port, options.listen.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** @returns the HTTP status. The worst that a wrong one can do is a look at a study. */
function announce(path: string, parameters: URLSearchParams, { onComplete }: StatusServerOptions): number {
  const [, uid] = /^\/complete\/([\d.]{1,64})$/.exec(path) ?? [];
  if (uid === undefined || !onComplete) {
    return 404;
  }
  const sender = parameters.get('sender')?.trim();
  onComplete(uid, sender && AE_TITLE.test(sender) ? sender : undefined);
  return 202;
}

async function answer(path: string, options: StatusServerOptions, response: ServerResponse): Promise<void> {
  const { queue, metrics, trouble } = options;
  if (path === '/healthz') {
    const reason = trouble() ?? (await inTime(queue.counts()).then(() => undefined, String));
    send(response, reason ? 503 : 200, 'application/json', JSON.stringify({ ok: !reason, reason }));
  } else if (path === '/metrics') {
    const { body, contentType } = await inTime(metrics.text());
    send(response, 200, contentType, body);
  } else if (path === '/studies') {
    const studies = studyStates(await inTime(queue.open()));
    send(response, 200, 'application/json', JSON.stringify({ studies }));
  } else if (path === '/') {
    const [counts, failed] = await inTime(Promise.all([queue.counts(), queue.failed()]));
    const { recent } = metrics;
    send(response, 200, 'text/html', statusPage({ counts, failed, recent, trouble: trouble() }));
  } else {
    send(response, 404, 'text/plain', 'There is /, /healthz, /metrics and /studies');
  }
}

/** What a worklist shows of studies without an outcome, by Study Instance UID. */
function studyStates(jobs: readonly OpenJob[]): Record<string, Omit<OpenJob, 'studyInstanceUID'>> {
  // A study that got more images may have two jobs: the one that can still end well is shown.
  const order = ['failed', 'queued', 'running'];
  const sorted = [...jobs].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return Object.fromEntries(sorted.map(({ studyInstanceUID, ...told }) => [studyInstanceUID, told]));
}

async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the queue does not answer')), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  const type = contentType.includes('charset') ? contentType : `${contentType}; charset=utf-8`;
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
  response.end(body);
}

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JobQueue } from '../queue/jobQueue';
import type { ServiceMetrics } from './serviceMetrics';
import { statusPage } from './statusPage';

export interface StatusServerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly queue: JobQueue;
  readonly metrics: ServiceMetrics;
  /** Undefined while all is well; else a sentence. */
  readonly trouble: () => string | undefined;
  /** An archive tells that a study is complete; absent in a process that watches none. */
  readonly onComplete?: (studyInstanceUID: string) => void;
}

export interface StatusServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Longest wait for the queue's answer, ms: a Redis that is away answers never. */
const PATIENCE_MS = 2_000;

/** `/healthz`, `/metrics`, a status page, and `POST /complete/STUDY_UID` for archives that can tell. Rejects with the listen error, e.g. EADDRINUSE. */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://status');
    if (request.method === 'POST') {
      send(response, announce(pathname, options), 'text/plain', '');
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
function announce(path: string, { onComplete }: StatusServerOptions): number {
  const [, uid] = /^\/complete\/([\d.]{1,64})$/.exec(path) ?? [];
  if (uid === undefined || !onComplete) {
    return 404;
  }
  onComplete(uid);
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
  } else if (path === '/') {
    const [counts, failed] = await inTime(Promise.all([queue.counts(), queue.failed()]));
    const { recent } = metrics;
    send(response, 200, 'text/html', statusPage({ counts, failed, recent, trouble: trouble() }));
  } else {
    send(response, 404, 'text/plain', 'There is /, /healthz and /metrics');
  }
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

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DicomWebService, readAddress } from './dicomweb/dicomWebService';
import type { DicomStore } from './dicomweb/dicomStore';
import { storeInstances } from './dicomweb/storeInstances';
import { admitDicomWeb, admitHost } from './http/admit';
import { forward, type Pacs } from './http/proxy';
import { HttpError, message, send, type Reply } from './http/reply';
import { withBody } from './http/requestBody';
import { staticFile } from './http/staticFiles';

export const DICOM_WEB_PATH = '/dicom-web';
/** Where pages find the scoring server's status: what waits and what has failed, and nothing else of it. */
export const SCORING_PATH = '/scoring';

/** Makes the page cross-origin isolated, so that WebAssembly may use threads. */
const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
/** What a PACS sends must not run as a page of this server. */
const DICOM_WEB_HEADERS = { 'Content-Security-Policy': "default-src 'none'; sandbox" };
/** How long a body that was refused may go on arriving, so that its sender gets to read why. */
const REFUSED_BODY_MS = 5000;

export interface DemoServerOptions {
  /** Folder of the official OHIF build, served unmodified but for `app-config.js`. */
  readonly ohifFolder: string;
  /** `dist/plugins`. */
  readonly pluginsFolder: string;
  /** Where the plugins are served; by default `/plugins/`. With slashes at both ends. */
  readonly pluginsPath?: string;
  /** The text that is served as `/app-config.js`. */
  readonly appConfig: string;
  /** The embedded store, or a real PACS. */
  readonly source: { readonly store: DicomStore } | { readonly pacs: Pacs };
  readonly port: number;
  /** Address of the scoring server's status page; undefined while there is none. */
  readonly statusPage?: () => string | undefined;
  /** False for tests of pages that lack the isolation headers. */
  readonly isolated?: boolean;
}

/**
 * An OHIF viewer with the plugin, on the loopback interface only. Rejects with the listen error,
 * e.g. EADDRINUSE.
 */
export async function startDemoServer(options: DemoServerOptions): Promise<{ server: Server; url: string }> {
  const headers = options.isolated === false ? {} : ISOLATION_HEADERS;
  const server = createServer((request, response) => {
    answer(request, response, options, headers).catch((error: unknown) => refuse(response, error, headers));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://localhost:${port}/` };
}

type Headers = Readonly<Record<string, string>>;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: DemoServerOptions,
  headers: Headers
): Promise<void> {
  admitHost(request);
  const url = readUrl(request);
  const path = decoded(url.pathname);
  if (url.pathname === `${SCORING_PATH}/studies`) {
    return scoringStates(request, response, options, headers);
  }
  if (!url.pathname.startsWith(`${DICOM_WEB_PATH}/`)) {
    return send(response, await page(request, path, options), headers);
  }
  admitDicomWeb(request);
  const ownHeaders = { ...headers, ...DICOM_WEB_HEADERS };
  const ownRoot = `${url.origin}${DICOM_WEB_PATH}`;
  if ('pacs' in options.source) {
    if (path.split(/[/\\]/).includes('..')) {
      throw new HttpError(400, 'The address leads out of the service');
    }
    const below = url.pathname.slice(DICOM_WEB_PATH.length) + url.search;
    return forward(request, response, below, options.source.pacs, { ownRoot, headers: ownHeaders });
  }
  const { store } = options.source;
  const address = readAddress(path.slice(DICOM_WEB_PATH.length));
  const reply =
    request.method === 'POST'
      ? await stow(request, store, address, ownRoot)
      : await new DicomWebService(store, DICOM_WEB_PATH).get(address, url.searchParams);
  return send(response, reply, ownHeaders);
}

async function scoringStates(
  request: IncomingMessage,
  response: ServerResponse,
  { statusPage }: DemoServerOptions,
  headers: Headers
): Promise<void> {
  const root = statusPage?.();
  if (request.method !== 'GET' || root === undefined) {
    throw new HttpError(request.method === 'GET' ? 503 : 405, 'Nothing is scored by itself here yet');
  }
  return forward(request, response, '/studies', { root }, { ownRoot: SCORING_PATH, headers });
}

function stow(
  request: IncomingMessage,
  store: DicomStore,
  { study, series, rest }: ReturnType<typeof readAddress>,
  ownRoot: string
): Promise<Reply> {
  const isStow = study ? !series && !rest.length : rest.length === 1 && rest[0] === 'studies';
  if (!isStow) {
    throw new HttpError(405, 'Instances are stored at /studies or /studies/UID');
  }
  return withBody(request, body =>
    storeInstances(store, body, request.headers['content-type'] ?? '', ownRoot, study)
  );
}

async function page(request: IncomingMessage, path: string, options: DemoServerOptions): Promise<Reply> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new HttpError(405, 'Only GET and HEAD are answered here');
  }
  if (path === '/app-config.js') {
    const headers = { 'Cache-Control': 'no-store' };
    return { status: 200, contentType: 'text/javascript; charset=utf-8', body: options.appConfig, headers };
  }
  const held = request.headers['if-none-match'];
  const pluginsPath = options.pluginsPath ?? '/plugins/';
  const reply = path.startsWith(pluginsPath)
    ? await staticFile(options.pluginsFolder, path.slice(pluginsPath.length), 'no-cache', held)
    : ((await staticFile(options.ohifFolder, path, 'public, max-age=3600')) ??
      // Every other address is a route of the single-page application.
      (await staticFile(options.ohifFolder, 'index.html', 'no-cache')));
  if (!reply) {
    throw new HttpError(404, `There is no ${path}`);
  }
  return reply;
}

function readUrl(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? '/', `http://${request.headers.host}`);
  } catch {
    throw new HttpError(400, 'The address is not valid');
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new HttpError(400, 'The address is not valid');
  }
}

function refuse(response: ServerResponse, error: unknown, headers: Headers): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (!(error instanceof HttpError)) {
    process.stderr.write(`${response.req.method} ${response.req.url}: ${String(error)}\n`);
  }
  const reply =
    error instanceof HttpError
      ? message(error.status, error.message)
      : message(500, 'This request could not be answered; the output of the server says why');
  void send(response, reply, headers);
  if (!response.req.complete) {
    setTimeout(() => response.req.destroy(), REFUSED_BODY_MS).unref();
  }
}

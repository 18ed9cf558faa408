import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DicomWebService } from './dicomweb/dicomWebService';
import type { DicomStore } from './dicomweb/dicomStore';
import { forward } from './http/proxy';
import { message, type Reply } from './http/reply';
import { staticFile } from './http/staticFiles';

export const DICOM_WEB_PATH = '/dicom-web';

/** Largest body that is read: a whole study as STOW sends it. */
const MAX_BODY_BYTES = 2 ** 30;

/** Makes the page cross-origin isolated, so that WebAssembly may use threads. */
const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export interface DemoServerOptions {
  /** Folder of the official OHIF build, served unmodified but for `app-config.js`. */
  readonly ohifFolder: string;
  /** `dist/plugins`. */
  readonly pluginsFolder: string;
  /** Where the plugins are served; by default `/plugins/`. With slashes at both ends. */
  readonly pluginsPath?: string;
  /** The text that is served as `/app-config.js`. */
  readonly appConfig: string;
  /** The embedded store, or the root of a real PACS. */
  readonly source: { readonly store: DicomStore } | { readonly pacsRoot: string };
  readonly port: number;
  /** False for tests of pages that lack the isolation headers. */
  readonly isolated?: boolean;
}

/** An OHIF viewer with the plugin, on the loopback interface only. Rejects with the listen error, e.g. EADDRINUSE. */
export async function startDemoServer(options: DemoServerOptions): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    answer(request, options)
      .catch((error: unknown) => message(500, error instanceof Error ? error.message : String(error)))
      .then(reply => send(response, reply, options.isolated !== false));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://localhost:${port}/` };
}

async function answer(request: IncomingMessage, options: DemoServerOptions): Promise<Reply> {
  // A page of another site whose name resolves to this machine must not read the store.
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
    return message(403, 'This server answers only to localhost');
  }
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    return message(400, 'The address is not valid');
  }
  if (path.startsWith(`${DICOM_WEB_PATH}/`)) {
    return dicomWeb(request, url, path, options);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return message(405, 'Only GET and HEAD are answered here');
  }
  if (path === '/app-config.js') {
    const headers = { 'Cache-Control': 'no-store' };
    return { status: 200, contentType: 'text/javascript; charset=utf-8', body: options.appConfig, headers };
  }
  const held = request.headers['if-none-match'];
  const pluginsPath = options.pluginsPath ?? '/plugins/';
  if (path.startsWith(pluginsPath)) {
    const file = await staticFile(options.pluginsFolder, path.slice(pluginsPath.length), 'no-cache', held);
    return file ?? message(404, `There is no ${path}`);
  }
  const file = await staticFile(options.ohifFolder, path, 'public, max-age=3600');
  // Every other address is a route of the single-page application.
  return (
    file ??
    (await staticFile(options.ohifFolder, 'index.html', 'no-cache')) ??
    message(404, `There is no ${path}`)
  );
}

function dicomWeb(
  request: IncomingMessage,
  url: URL,
  path: string,
  options: DemoServerOptions
): Promise<Reply> {
  const below = path.slice(DICOM_WEB_PATH.length);
  const body = () => readBody(request);
  const ownRoot = `${url.origin}${DICOM_WEB_PATH}`;
  const method = request.method ?? 'GET';
  if ('pacsRoot' in options.source) {
    const { pacsRoot } = options.source;
    const target = `${pacsRoot}${url.pathname.slice(DICOM_WEB_PATH.length)}${url.search}`;
    return forward({ method, headers: request.headers, body }, target, pacsRoot, ownRoot);
  }
  return new DicomWebService(options.source.store, ownRoot).handle({
    method,
    path: below.split('/').filter(Boolean),
    parameters: url.searchParams,
    contentType: request.headers['content-type'] ?? '',
    body,
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new Error('The request is too large');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, reply: Reply, isolated: boolean): void {
  response.writeHead(reply.status, {
    'Content-Type': reply.contentType,
    ...(reply.status === 304 ? {} : { 'Content-Length': Buffer.byteLength(reply.body) }),
    'X-Content-Type-Options': 'nosniff',
    ...(isolated ? ISOLATION_HEADERS : {}),
    ...reply.headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : reply.body);
}

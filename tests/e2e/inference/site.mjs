import { createReadStream, existsSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');
export const PLUGIN = path.join(ROOT, 'dist/plugins/ohif-extension-deep-aspects');
export const FIXTURE_MODELS = path.join(ROOT, 'tests/fixtures/models');

const TYPES = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/**
 * A static web server as a site may have it, with an empty page at `/`.
 *
 * @param folders URL prefix -> folder, or whole URL path -> file; the longest that fits counts
 * @param pageHeaders headers of the page alone: many servers send COOP and COEP with the page and
 *   with nothing else
 * @param fileHeaders headers of everything else
 * @returns `requests`: `{path, bytes}` of every file that was sent, in order
 */
export async function serveSite({ folders, pageHeaders = {}, fileHeaders = {} }) {
  const requests = [];
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    if (pathname === '/') {
      response.writeHead(200, { 'content-type': 'text/html', ...pageHeaders });
      response.end('<!doctype html><link rel="icon" href="data:,"><title>inference</title>');
      return;
    }
    const matching = Object.keys(folders).filter(candidate => pathname.startsWith(candidate));
    const prefix = matching.sort((one, other) => other.length - one.length)[0];
    const file = prefix && path.join(folders[prefix], path.normalize(pathname.slice(prefix.length)));
    if (!file || !existsSync(file)) {
      response.writeHead(404, fileHeaders).end('not there');
      return;
    }
    requests.push({ path: pathname, bytes: statSync(file).size });
    const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
    const headers = { 'content-type': type, 'content-length': statSync(file).size };
    // As servers do for programs; models are kept by the engine itself.
    const caching = /\.(js|mjs|wasm)$/.test(file) ? { 'cache-control': 'max-age=600' } : {};
    response.writeHead(200, { ...headers, ...caching, ...fileHeaders });
    createReadStream(file).pipe(response);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    requests,
    port,
    origin: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise(resolve => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

export const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Reply } from './reply';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.onnx': 'application/octet-stream',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/**
 * The file at `urlPath` (decoded) below `folder`; undefined where there is none, or where the path
 * leads out of it.
 *
 * @param held the request's If-None-Match: a browser that holds this very file is told so (304)
 *   and sent nothing
 */
export async function staticFile(
  folder: string,
  urlPath: string,
  cacheControl: string,
  held?: string
): Promise<Reply | undefined> {
  const file = path.resolve(folder, `.${path.sep}${urlPath}`);
  if (!file.startsWith(path.resolve(folder) + path.sep) || urlPath.includes('\0')) {
    return undefined;
  }
  const status = await stat(file).catch(() => undefined);
  if (!status?.isFile()) {
    return undefined;
  }
  const contentType = CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream';
  const tag = `"${status.size.toString(36)}-${status.mtimeMs.toString(36)}"`;
  const headers = { 'Cache-Control': cacheControl, ETag: tag };
  return held === tag
    ? { status: 304, contentType, body: '', headers }
    : { status: 200, contentType, body: await readFile(file), headers };
}

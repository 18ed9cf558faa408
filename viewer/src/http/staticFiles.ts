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

/** The file at `urlPath` (decoded) below `folder`; undefined where there is none, or where the path leads out of it. */
export async function staticFile(
  folder: string,
  urlPath: string,
  cacheControl: string
): Promise<Reply | undefined> {
  const file = path.resolve(folder, `.${path.sep}${urlPath}`);
  if (!file.startsWith(path.resolve(folder) + path.sep) || urlPath.includes('\0')) {
    return undefined;
  }
  const status = await stat(file).catch(() => undefined);
  if (!status?.isFile()) {
    return undefined;
  }
  return {
    status: 200,
    contentType: CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream',
    body: await readFile(file),
    headers: { 'Cache-Control': cacheControl },
  };
}

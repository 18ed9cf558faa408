import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** The parts of a built plugin, by the names of their files; the first that fits counts. */
const PARTS = [
  ['networks', /\/models\//],
  ['ONNX runtime', /\/ort-/],
  ['worker', /worker\.js$/],
  ['on the page', /\.esm\.js$/],
  ['on the page, other form', /\.umd\.js$/],
  ['for a PDF', /pdf\.js$/],
];

/**
 * @returns bytes by part of what lies in a folder of built plugins, as it is, without a server's compression
 */
export async function pluginSizes(plugins) {
  const sizes = Object.fromEntries(PARTS.map(([part]) => [part, 0]));
  const entries = await readdir(plugins, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter(one => one.isFile())) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const part = PARTS.find(([, pattern]) => pattern.test(file))?.[0];
    if (part) {
      sizes[part] += (await stat(file)).size;
    }
  }
  return sizes;
}

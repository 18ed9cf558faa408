import { type ModelManifest, type NetworkTask, validateManifest } from "@deep-aspects/aspects/scoring";
import { Refusal } from "@deep-aspects/aspects/series";
import { download, requestFile, type Fetch } from './download';
import type { ModelCache } from './modelCache';
import { sha256Hex } from './sha256Hex';

/** A network's bytes, proven to be those that the manifest names. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly bytes: Uint8Array;
  /** Bytes that came over the network; 0 when the model was kept from an earlier visit. */
  readonly downloadedBytes: number;
}

export interface LoadModelOptions {
  readonly fetch: Fetch;
  readonly cache: ModelCache;
  readonly signal?: AbortSignal;
}

/**
 * Reads and checks `manifest.json`.
 *
 * @param url absolute URL of the manifest
 * @throws Refusal `MODEL_UNAVAILABLE`, `CANCELLED`
 */
export async function loadManifest(
  url: string,
  task: NetworkTask,
  options: Pick<LoadModelOptions, 'fetch' | 'signal'>
): Promise<ModelManifest> {
  // Small and the one file that says which model is current: always asked for anew.
  const response = await requestFile(url, { ...options, cache: 'no-cache' });
  let value: unknown;
  try {
    value = await response.json();
  } catch {
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `The ${task} network's manifest at ${url} is not JSON. Copy the file that came with the model there again.`,
      { task, url }
    );
  }
  return validateManifest(value, task, url);
}

/**
 * Gives the model that a manifest describes, from the cache or the network; never one whose SHA-256 differs.
 *
 * @param manifestUrl absolute URL that `manifest.file` is relative to
 * @param onBytes called with the bytes that are at hand, up to `manifest.sizeBytes`
 * @throws Refusal `MODEL_UNAVAILABLE`, `MODEL_HASH_MISMATCH`, `CANCELLED`
 */
export async function loadModel(
  manifest: ModelManifest,
  manifestUrl: string,
  options: LoadModelOptions & { readonly onBytes?: (received: number) => void }
): Promise<LoadedModel> {
  const { task, sha256 } = manifest;
  const kept = await options.cache.read(task, sha256);
  if (kept && (await sha256Hex(kept)) === sha256) {
    options.onBytes?.(manifest.sizeBytes);
    return { manifest, bytes: kept, downloadedBytes: 0 };
  }
  if (kept) {
    await options.cache.remove(task, sha256);
  }
  const bytes = await downloadVerified(manifest, new URL(manifest.file, manifestUrl).href, options);
  await options.cache.write(task, sha256, bytes);
  return { manifest, bytes, downloadedBytes: bytes.length };
}

/** A first answer that does not fit may be the HTTP cache's: the server itself is asked once more before refusing. */
async function downloadVerified(
  manifest: ModelManifest,
  url: string,
  options: Pick<LoadModelOptions, 'fetch' | 'signal'> & { readonly onBytes?: (received: number) => void }
): Promise<Uint8Array> {
  try {
    return await attempt('default');
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'MODEL_HASH_MISMATCH') {
      throw error;
    }
    return attempt('reload');
  }

  async function attempt(cache: RequestCache): Promise<Uint8Array> {
    const bytes = await download(url, { ...options, expectedBytes: manifest.sizeBytes, cache });
    const found = await sha256Hex(bytes);
    if (found !== manifest.sha256) {
      throw new Refusal(
        'MODEL_HASH_MISMATCH',
        `The ${manifest.task} network at ${url} is not the one its manifest describes (its SHA-256 differs), so it ` +
          'is not used. Copy the model and its manifest to the server together, then compute again.',
        { task: manifest.task, url, expected: manifest.sha256, found }
      );
    }
    return bytes;
  }
}

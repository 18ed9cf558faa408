import {
  type ModelFile,
  type ModelManifest,
  type NetworkTask,
  validateManifest,
} from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import { download, requestFile, type Fetch } from './download';
import type { ModelCache } from './modelCache';
import { sha256Hex } from './sha256Hex';

/** A network's bytes, proven to be those that the manifest names. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly bytes: Uint8Array;
  /** The first part of a network that sees through the stack. */
  readonly encoderBytes?: Uint8Array;
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

/** Bytes of all files of a model. */
export function modelBytes({ sizeBytes, encoder }: Pick<ModelManifest, 'sizeBytes' | 'encoder'>): number {
  return sizeBytes + (encoder?.sizeBytes ?? 0);
}

interface LoadFileOptions extends LoadModelOptions {
  readonly onBytes?: (received: number) => void;
}

/**
 * Gives the model that a manifest describes, from the cache or the network; never a file whose
 * SHA-256 differs.
 *
 * @param manifestUrl absolute URL that the manifest's files are relative to
 * @param onBytes called with the bytes that are at hand, up to `modelBytes`
 * @throws Refusal `MODEL_UNAVAILABLE`, `MODEL_HASH_MISMATCH`, `CANCELLED`
 */
export async function loadModel(
  manifest: ModelManifest,
  manifestUrl: string,
  options: LoadFileOptions
): Promise<LoadedModel> {
  const { task, encoder } = manifest;
  const received = [0, 0];
  const load = (file: ModelFile, index: number) =>
    loadFile(task, file, manifestUrl, {
      ...options,
      onBytes: count => {
        received[index] = count;
        options.onBytes?.(received[0] + received[1]);
      },
    });
  const [main, first] = await Promise.all([load(manifest, 0), encoder && load(encoder, 1)]);
  return {
    manifest,
    bytes: main.bytes,
    ...(first && { encoderBytes: first.bytes }),
    downloadedBytes: main.downloadedBytes + (first?.downloadedBytes ?? 0),
  };
}

async function loadFile(
  task: NetworkTask,
  { file, sha256, sizeBytes }: ModelFile,
  manifestUrl: string,
  options: LoadFileOptions
): Promise<Pick<LoadedModel, 'bytes' | 'downloadedBytes'>> {
  const kept = await options.cache.read(task, sha256);
  if (kept && (await sha256Hex(kept)) === sha256) {
    options.onBytes?.(sizeBytes);
    return { bytes: kept, downloadedBytes: 0 };
  }
  if (kept) {
    await options.cache.remove(task, sha256);
  }
  const url = new URL(file, manifestUrl).href;
  const bytes = await downloadVerified(task, { file, sha256, sizeBytes }, url, options);
  await options.cache.write(task, sha256, bytes);
  return { bytes, downloadedBytes: bytes.length };
}

/**
 * A first answer that does not fit may be the HTTP cache's: the server itself is asked once more
 * before refusing.
 */
async function downloadVerified(
  task: NetworkTask,
  { sha256, sizeBytes }: ModelFile,
  url: string,
  options: Omit<LoadFileOptions, 'cache'>
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
    const bytes = await download(url, { ...options, expectedBytes: sizeBytes, cache });
    const found = await sha256Hex(bytes);
    if (found !== sha256) {
      throw new Refusal(
        'MODEL_HASH_MISMATCH',
        `The ${task} network at ${url} is not the one its manifest describes (its SHA-256 differs), so it ` +
          'is not used. Copy the model and its manifest to the server together, then compute again.',
        { task, url, expected: sha256, found }
      );
    }
    return bytes;
  }
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type ModelFile,
  type ModelManifest,
  type NetworkTask,
  type SegmentationNetwork,
  validateManifest,
} from '@deep-aspects/aspects/scoring';
import { Refusal } from '@deep-aspects/aspects/series';
import { openOnnxNetwork, type ModelFiles, type SessionOptions } from './onnxNetwork';

export interface LoadedNetworks {
  readonly anatomy: SegmentationNetwork;
  readonly infarct: SegmentationNetwork;
}

/**
 * The two networks of a models folder: `anatomy/manifest.json` and `infarct/manifest.json`, each next to
 * its ONNX file.
 *
 * @throws Refusal `MODEL_UNAVAILABLE`, `MODEL_HASH_MISMATCH`
 */
export async function loadModels(folder: string, options: SessionOptions): Promise<LoadedNetworks> {
  const [anatomy, infarct] = (['anatomy', 'infarct'] as const).map(task => readModel(folder, task));
  return {
    anatomy: await openOnnxNetwork(anatomy, options),
    infarct: await openOnnxNetwork(infarct, options),
  };
}

/** Reads and checks a manifest. */
export function readManifest(folder: string, task: NetworkTask): ModelManifest {
  const path = manifestPath(folder, task);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `No ${task} network at ${path} (${reason}); give the folder that holds anatomy/ and infarct/ with --models.`,
      { task, path }
    );
  }
  return validateManifest(value, task, path);
}

function readModel(folder: string, task: NetworkTask): ModelFiles {
  const manifest = readManifest(folder, task);
  const place = dirname(manifestPath(folder, task));
  const bytes = readVerified(place, manifest, task);
  const { encoder } = manifest;
  return { manifest, bytes, ...(encoder && { encoderBytes: readVerified(place, encoder, task) }) };
}

function readVerified(place: string, { file, sha256 }: ModelFile, task: NetworkTask): Uint8Array {
  const path = join(place, file);
  const bytes = readBytes(path, task);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new Refusal(
      'MODEL_HASH_MISMATCH',
      `The ${task} network ${path} is not the one its manifest describes (its SHA-256 differs); copy both again.`,
      { task, path, expected: sha256, found }
    );
  }
  return bytes;
}

/** A models folder holds a folder a task. */
function manifestPath(folder: string, task: NetworkTask): string {
  return join(folder, task, 'manifest.json');
}

function readBytes(path: string, task: NetworkTask): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal('MODEL_UNAVAILABLE', `The ${task} network's file cannot be read (${reason}).`, {
      task,
      path,
    });
  }
}

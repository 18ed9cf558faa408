import { createHash } from 'node:crypto';
import type { ModelManifest, NetworkTask } from '@deep-aspects/aspects/scoring';
import { testManifest } from '@deep-aspects/aspects/testing';
import type { Fetch } from '../models/download';

/** For tests: a server of fixed answers that counts what it was asked. */
export interface FakeServer {
  readonly fetch: Fetch;
  readonly requests: { url: string; cache: RequestCache | undefined }[];
}

type Answer = Response | Error | ((init: RequestInit | undefined) => Response);

export function fakeServer(answers: Readonly<Record<string, Answer | readonly Answer[]>>): FakeServer {
  const requests: FakeServer['requests'] = [];
  const fetch: Fetch = async (url, init) => {
    const asked = requests.filter(request => request.url === url).length;
    requests.push({ url, cache: init?.cache });
    const listed = answers[url];
    const answer = Array.isArray(listed) ? listed[Math.min(asked, listed.length - 1)] : listed;
    if (!answer) {
      return new Response('not there', { status: 404, statusText: 'Not Found' });
    }
    if (answer instanceof Error) {
      throw answer;
    }
    return typeof answer === 'function' ? answer(init) : answer.clone();
  };
  return { fetch, requests };
}

/** For tests: a manifest whose hash and size belong to `bytes`. */
export function manifestFor(bytes: Uint8Array, task: NetworkTask = 'anatomy'): ModelManifest {
  const own = { offsetsMm: [0], mirrored: false };
  const manifest = testManifest(task);
  return {
    ...manifest,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
    input: {
      ...manifest.input,
      size: 32,
      pixelSpacingMm: 7,
      channels: [own, { offsetsMm: [0], mirrored: true }, own],
    },
  };
}

/** For tests: Cache Storage in memory. */
export function fakeCacheStorage(): CacheStorage {
  const caches = new Map<string, Map<string, Response>>();
  const open = async (name: string) => {
    const entries = caches.get(name) ?? new Map<string, Response>();
    caches.set(name, entries);
    return {
      match: async (key: string) => entries.get(key)?.clone(),
      put: async (key: string, response: Response) => void entries.set(key, response),
      delete: async (key: string) => entries.delete(key),
      keys: async () => [...entries.keys()],
    } as unknown as Cache;
  };
  return { open } as unknown as CacheStorage;
}

import type { NetworkTask } from "@deep-aspects/aspects/scoring";

/**
 * Models kept between visits, by hash: a changed model has a new key, an old one is never used by mistake.
 */
export interface ModelCache {
  read(task: NetworkTask, sha256: string): Promise<Uint8Array | undefined>;
  write(task: NetworkTask, sha256: string, bytes: Uint8Array): Promise<void>;
  remove(task: NetworkTask, sha256: string): Promise<void>;
}

const CACHE_NAME = 'deep-aspects-models';
/**
 * Two pairs of up to two files a network: the present one and the one before, so that a site can go back
 * without a download.
 */
const KEPT_FILES = 8;

// Cache Storage wants http addresses as keys; `.invalid` never resolves (RFC 2606).
const keyOf = (task: NetworkTask, sha256: string) => `https://deep-aspects.invalid/models/${task}/${sha256}`;

/**
 * The browser's Cache Storage as a `ModelCache`. A cache is a convenience: where it is missing (no secure
 * context), forbidden (private browsing) or full, models are downloaded on every visit and nothing fails.
 */
export function openModelCache(storage: CacheStorage | undefined = globalThis.caches): ModelCache {
  const withCache = async <T>(work: (cache: Cache) => Promise<T>): Promise<T | undefined> => {
    try {
      return storage && (await work(await storage.open(CACHE_NAME)));
    } catch {
      return undefined;
    }
  };
  return {
    read: (task, sha256) =>
      withCache(async cache => {
        const kept = await cache.match(keyOf(task, sha256));
        return kept && new Uint8Array(await kept.arrayBuffer());
      }),
    write: async (task, sha256, bytes) => {
      await withCache(async cache => {
        const headers = {
          'content-type': 'application/octet-stream',
          'content-length': String(bytes.length),
        };
        await cache.put(keyOf(task, sha256), new Response(bytes as BodyInit, { headers }));
        const keys = await cache.keys();
        await Promise.all(keys.slice(0, -KEPT_FILES).map(key => cache.delete(key)));
      });
    },
    remove: async (task, sha256) => {
      await withCache(cache => cache.delete(keyOf(task, sha256)));
    },
  };
}

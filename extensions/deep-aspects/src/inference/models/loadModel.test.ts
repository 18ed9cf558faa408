import { Refusal } from "@deep-aspects/aspects/series";
import { fakeCacheStorage, fakeServer, manifestFor } from '../testing/fakeServer';
import { loadManifest, loadModel } from './loadModel';
import { openModelCache } from './modelCache';

const bytes = Uint8Array.from({ length: 5000 }, (_, index) => index % 256);
const wrong = bytes.map(value => 255 - value);
const manifest = manifestFor(bytes);
const manifestUrl = 'https://site/viewer/models/anatomy/manifest.json';
const modelUrl = 'https://site/viewer/models/anatomy/model.onnx';

const noCache = openModelCache(undefined);

async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause
  );
  expect(error).toBeInstanceOf(Refusal);
  return error as Refusal;
}

/** A body that arrives in pieces, as over a network. */
function streamed(content: Uint8Array, pieceSize = 1024, breakAfter = Infinity): Response {
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= breakAfter) {
        controller.error(new TypeError('network error'));
      } else if (at >= content.length) {
        controller.close();
      } else {
        controller.enqueue(content.slice(at, at + pieceSize));
        at += pieceSize;
      }
    },
  });
  return new Response(body);
}

describe('loadModel', () => {
  it('streams the model next to its manifest and tells how far it is', async () => {
    const server = fakeServer({ [modelUrl]: () => streamed(bytes) });
    const received: number[] = [];
    const onBytes = (count: number) => received.push(count);
    const loaded = await loadModel(manifest, manifestUrl, { fetch: server.fetch, cache: noCache, onBytes });
    expect(loaded.bytes).toEqual(bytes);
    expect(loaded.downloadedBytes).toBe(5000);
    expect(received).toEqual([1024, 2048, 3072, 4096, 5000]);
  });

  it('downloads once: the next visit takes it from the cache', async () => {
    const server = fakeServer({ [modelUrl]: () => streamed(bytes) });
    const cache = openModelCache(fakeCacheStorage());
    await loadModel(manifest, manifestUrl, { fetch: server.fetch, cache });
    const again = await loadModel(manifest, manifestUrl, { fetch: server.fetch, cache });
    expect(again.bytes).toEqual(bytes);
    expect(again.downloadedBytes).toBe(0);
    expect(server.requests).toHaveLength(1);
  });

  it('does not trust the cache: a damaged entry is thrown away and downloaded again', async () => {
    const server = fakeServer({ [modelUrl]: () => streamed(bytes) });
    const cache = openModelCache(fakeCacheStorage());
    await cache.write('anatomy', manifest.sha256, wrong);
    const loaded = await loadModel(manifest, manifestUrl, { fetch: server.fetch, cache });
    expect(loaded.bytes).toEqual(bytes);
    expect(await cache.read('anatomy', manifest.sha256)).toEqual(bytes);
  });

  it('never uses a model whose hash differs, and keeps none', async () => {
    const server = fakeServer({ [modelUrl]: () => streamed(wrong) });
    const cache = openModelCache(fakeCacheStorage());
    const refusal = await refusalOf(loadModel(manifest, manifestUrl, { fetch: server.fetch, cache }));
    expect(refusal.code).toBe('MODEL_HASH_MISMATCH');
    expect(refusal.details.expected).toBe(manifest.sha256);
    expect(await cache.read('anatomy', manifest.sha256)).toBeUndefined();
  });

  it("goes past the browser's own cache once when an old file lies under the same name", async () => {
    const server = fakeServer({ [modelUrl]: init => streamed(init?.cache === 'reload' ? bytes : wrong) });
    const loaded = await loadModel(manifest, manifestUrl, { fetch: server.fetch, cache: noCache });
    expect(loaded.bytes).toEqual(bytes);
    expect(server.requests.map(request => request.cache)).toEqual(['default', 'reload']);
  });

  it.each([
    ['shorter', bytes.slice(0, 4000)],
    ['longer', new Uint8Array(6000)],
  ])('refuses a file that is %s than the manifest says', async (_, content) => {
    const server = fakeServer({ [modelUrl]: () => streamed(content) });
    const refusal = await refusalOf(
      loadModel(manifest, manifestUrl, { fetch: server.fetch, cache: noCache })
    );
    expect(refusal.code).toBe('MODEL_HASH_MISMATCH');
  });

  it('refuses with the reason when the connection breaks', async () => {
    const server = fakeServer({ [modelUrl]: () => streamed(bytes, 1024, 2048) });
    const refusal = await refusalOf(
      loadModel(manifest, manifestUrl, { fetch: server.fetch, cache: noCache })
    );
    expect(refusal.code).toBe('MODEL_UNAVAILABLE');
    expect(refusal.message).toContain('network error');
    expect(refusal.message).toContain(modelUrl);
  });

  it('refuses with the status when the file is not there', async () => {
    const refusal = await refusalOf(
      loadModel(manifest, manifestUrl, { fetch: fakeServer({}).fetch, cache: noCache })
    );
    expect(refusal.code).toBe('MODEL_UNAVAILABLE');
    expect(refusal.message).toContain('404');
  });

  it("says so when a single-page viewer's server answers with its index page", async () => {
    const page = new Response('<!doctype html>', { headers: { 'content-type': 'text/html; charset=utf-8' } });
    const server = fakeServer({ [modelUrl]: page });
    const refusal = await refusalOf(
      loadModel(manifest, manifestUrl, { fetch: server.fetch, cache: noCache })
    );
    expect(refusal.message).toContain('web page');
  });

  it('stops in the middle of a download when cancelled', async () => {
    const server = fakeServer({ [modelUrl]: () => streamed(bytes) });
    const controller = new AbortController();
    const received: number[] = [];
    const onBytes = (count: number) => {
      received.push(count);
      controller.abort();
    };
    const options = { fetch: server.fetch, cache: noCache, signal: controller.signal, onBytes };
    const refusal = await refusalOf(loadModel(manifest, manifestUrl, options));
    expect(refusal.code).toBe('CANCELLED');
    expect(received).toEqual([1024]);
  });
});

describe('openModelCache', () => {
  it('is silent where storage is forbidden or full: models are then downloaded again', async () => {
    const broken = {
      open: () => Promise.reject(new DOMException('no', 'SecurityError')),
    } as unknown as CacheStorage;
    const full = fakeCacheStorage();
    const open = full.open.bind(full);
    full.open = async name =>
      Object.assign(await open(name), {
        put: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
      });
    for (const storage of [undefined, broken, full]) {
      const cache = openModelCache(storage);
      await cache.write('anatomy', manifest.sha256, bytes);
      expect(await cache.read('anatomy', manifest.sha256)).toBeUndefined();
    }
  });

  it('keeps the eight youngest files: two pairs of networks of two files each', async () => {
    const cache = openModelCache(fakeCacheStorage());
    for (const name of 'abcdefghi') {
      await cache.write('infarct', name, bytes);
    }
    expect(await cache.read('infarct', 'a')).toBeUndefined();
    expect(await cache.read('infarct', 'b')).toEqual(bytes);
    expect(await cache.read('infarct', 'i')).toEqual(bytes);
  });
});

describe('loadManifest', () => {
  it('asks the server each time and refuses what is not JSON', async () => {
    const server = fakeServer({ [manifestUrl]: new Response('{"schemaVersion":') });
    const refusal = await refusalOf(loadManifest(manifestUrl, 'anatomy', { fetch: server.fetch }));
    expect(refusal.code).toBe('MODEL_UNAVAILABLE');
    expect(refusal.message).toContain('not JSON');
    expect(server.requests[0].cache).toBe('no-cache');
  });
});

import { cancelled } from '@deep-aspects/aspects/series';
import { Refusal } from "@deep-aspects/aspects/series";

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export interface DownloadOptions {
  /** Size by the manifest; the buffer is made this long at once. */
  readonly expectedBytes: number;
  readonly fetch: Fetch;
  readonly signal?: AbortSignal;
  readonly onBytes?: (received: number) => void;
  /** `reload` goes past the browser's HTTP cache, which may hold an older file under the same name. */
  readonly cache?: RequestCache;
}

/**
 * Streams a model file into memory.
 *
 * @throws Refusal `MODEL_UNAVAILABLE` when the address does not answer with a file, `MODEL_HASH_MISMATCH`
 * when it is longer or shorter than the manifest says, `CANCELLED` when `signal` was aborted
 */
export async function download(url: string, options: DownloadOptions): Promise<Uint8Array> {
  const response = await requestFile(url, options);
  const bytes = new Uint8Array(options.expectedBytes);
  let received = 0;
  try {
    for await (const chunk of chunksOf(response)) {
      if (options.signal?.aborted) {
        throw cancelled();
      }
      if (received + chunk.length > bytes.length) {
        throw wrongSize(url, options.expectedBytes, `more than ${bytes.length}`);
      }
      bytes.set(chunk, received);
      received += chunk.length;
      options.onBytes?.(received);
    }
  } catch (error) {
    throw asDownloadRefusal(error, url, options.signal);
  }
  if (received !== bytes.length) {
    throw wrongSize(url, options.expectedBytes, String(received));
  }
  return bytes;
}

/** Answers with an ok response that is not a web page. */
export async function requestFile(
  url: string,
  options: Pick<DownloadOptions, 'fetch' | 'signal' | 'cache'>
): Promise<Response> {
  let response: Response;
  try {
    response = await options.fetch(url, { signal: options.signal, cache: options.cache ?? 'default' });
  } catch (error) {
    throw asDownloadRefusal(error, url, options.signal);
  }
  if (!response.ok) {
    throw unavailable(url, `the server answers ${response.status} ${response.statusText}`.trim());
  }
  // A single-page viewer's server answers unknown addresses with its index page and status 200.
  if (/^text\/html/i.test(response.headers.get('content-type') ?? '')) {
    throw unavailable(url, 'the server answers with a web page instead of the file');
  }
  return response;
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  if (!response.body) {
    yield new Uint8Array(await response.arrayBuffer());
    return;
  }
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      yield value;
    }
  } finally {
    // Frees the connection when the consumer stopped early; harmless after the end.
    await reader.cancel().catch(() => undefined);
  }
}

function asDownloadRefusal(error: unknown, url: string, signal: AbortSignal | undefined): Refusal {
  if (error instanceof Refusal) {
    return error;
  }
  if (signal?.aborted) {
    return cancelled();
  }
  return unavailable(url, error instanceof Error ? error.message : String(error));
}

function unavailable(url: string, reason: string): Refusal {
  return new Refusal(
    'MODEL_UNAVAILABLE',
    `A file of the networks could not be loaded from ${url}: ${reason}. ` +
      'Check the connection and the models and assetsUrl entries of the configuration, then compute again.',
    { url, reason }
  );
}

function wrongSize(url: string, expectedBytes: number, received: string): Refusal {
  return new Refusal(
    'MODEL_HASH_MISMATCH',
    `The network at ${url} is not the one its manifest describes: ${received} bytes instead of ${expectedBytes}. ` +
      'Copy the model and its manifest to the server together, then compute again.',
    { url, expectedBytes, received }
  );
}

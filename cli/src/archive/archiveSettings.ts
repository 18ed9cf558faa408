import { readFileSync } from 'node:fs';
import { Agent, fetch as undiciFetch } from 'undici';

/**
 * How an archive is reached. Plain, since it crosses into worker processes; never put into a queue or a log.
 */
export interface ArchiveSettings {
  /** Root of the DICOMweb service, without a slash at its end. */
  readonly url: string;
  readonly bearerToken?: string;
  /** `user:password`. */
  readonly basicLogin?: string;
  /**
   * PEM files: the authority that signed the archive's certificate, and this client's
   * certificate with its key.
   */
  readonly caFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
  /** Longest wait for an answer to begin and to go on, ms. */
  readonly timeoutMs: number;
}

/** An answer that trickles on for so many times the longest wait is given up. */
const WHOLE_ANSWER = 10;

/** Requests to the archive: with its headers, its certificates and a limit of time. Answers come whole. */
export interface ArchiveConnection {
  readonly url: string;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

/** @throws Error where a certificate file cannot be read */
export function connectArchive(settings: ArchiveSettings): ArchiveConnection {
  const { url, bearerToken, basicLogin, timeoutMs } = settings;
  const headers: Record<string, string> = {};
  if (bearerToken !== undefined) {
    headers.Authorization = `Bearer ${bearerToken}`;
  } else if (basicLogin !== undefined) {
    headers.Authorization = `Basic ${Buffer.from(basicLogin).toString('base64')}`;
  }
  const pem = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file));
  const agent = new Agent({
    connect: {
      ca: pem(settings.caFile),
      cert: pem(settings.certificateFile),
      key: pem(settings.keyFile),
      timeout: timeoutMs,
    },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  // The same Fetch Standard, but Node's own has no way to a client certificate.
  const request = async (target: string, init?: RequestInit): Promise<Response> => {
    const whole = new AbortController();
    const late = new Error(`the archive's answer did not end in ${(WHOLE_ANSWER * timeoutMs) / 1000} s`);
    const timer = setTimeout(() => whole.abort(late), WHOLE_ANSWER * timeoutMs);
    try {
      const options = { ...(init as Parameters<typeof undiciFetch>[1]), signal: whole.signal };
      const answer = await undiciFetch(target, { ...options, dispatcher: agent });
      const { status, headers: answered } = answer;
      const body = await answer.arrayBuffer();
      return new Response(body.byteLength ? body : null, { status, headers: [...answered] });
    } catch (error) {
      throw explain(error as Error);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    url,
    headers: () => headers,
    fetch: request as typeof globalThis.fetch,
    close: () => agent.close(),
  };
}

/**
 * What fetch throws says "fetch failed" or "terminated"; why (a port, a certificate) stands in its cause, as
 * a message or only a code.
 */
function explain(error: Error): Error {
  const { message, code } = (error.cause ?? {}) as { readonly message?: string; readonly code?: string };
  return new Error(message || code || error.message, { cause: error });
}

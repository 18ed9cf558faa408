import { Refusal } from '@deep-aspects/aspects/series';
import { checkIntegrity } from '../runtime/integrity';

export interface StartedWorker {
  readonly worker: Worker;
  /** Whether the page's policy let the worker start from a `blob:` address. */
  readonly allowBlobUrls: boolean;
}

/** The worker's file name, as the build writes it. */
export const WORKER_FILE = 'deep-aspects.worker.js';

/** The worker that the page talks to. */
const MAIN_WORKER_NAME = 'deep-aspects';

const START_TIMEOUT_MS = 30_000;

/**
 * Starts the worker and waits until its script runs.
 *
 * First by a blob of this origin that imports the script: so the script may lie on another origin, and a
 * page that is cross-origin isolated passes its own policy on, whether or not the server repeats the headers
 * for static files. Then by the address itself, for pages whose Content-Security-Policy forbids blobs.
 *
 * @param assetsUrl absolute URL of the folder of the worker, with a trailing slash
 * @param name what the worker is to be: it reads its own name
 * @throws Refusal `MODEL_UNAVAILABLE` when neither way works
 */
export async function startWorker(
  assetsUrl: string,
  name: string = MAIN_WORKER_NAME
): Promise<StartedWorker> {
  const scriptUrl = new URL(WORKER_FILE, assetsUrl).href;
  const bootstrap = new Blob([`import ${JSON.stringify(scriptUrl)};`], { type: 'text/javascript' });
  const blobUrl = URL.createObjectURL(bootstrap);
  try {
    await checkIntegrity(scriptUrl, assetsUrl);
    return await startEitherWay(blobUrl, scriptUrl, name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      'MODEL_UNAVAILABLE',
      `The program that computes in the background could not be started from ${scriptUrl}: ${reason}. ` +
        "Check that all files of the plugin's folder are on the server and that assetsUrl points there.",
      { url: scriptUrl, reason }
    );
  } finally {
    URL.revokeObjectURL(blobUrl);
  }
}

async function startEitherWay(blobUrl: string, scriptUrl: string, name: string): Promise<StartedWorker> {
  try {
    return { worker: await tryToStart(blobUrl, name), allowBlobUrls: true };
  } catch {
    return { worker: await tryToStart(scriptUrl, name), allowBlobUrls: false };
  }
}

function tryToStart(url: string, name: string): Promise<Worker> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(url, { type: 'module', name });
    const fail = (reason: string) => {
      clearTimeout(timer);
      worker.terminate();
      reject(new Error(reason));
    };
    const timer = setTimeout(() => fail(`no answer in ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    worker.onerror = event => {
      event.preventDefault?.();
      fail(event.message || 'the script could not be loaded');
    };
    worker.onmessage = () => {
      clearTimeout(timer);
      worker.onerror = null;
      worker.onmessage = null;
      resolve(worker);
    };
  });
}

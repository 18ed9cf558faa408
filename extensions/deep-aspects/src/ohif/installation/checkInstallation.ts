import { WORKER_FILE } from '../../inference/engine/startWorker';
import type { EngineConfiguration } from '../../inference/aspectsEngine';

export type InstallationCode =
  'OHIF_TOO_OLD' | 'BAD_CONFIGURATION' | 'ASSETS_MISSING' | 'MODEL_MISSING' | 'NOT_ISOLATED' | 'NO_WEBGPU';

/** One sentence on how the plugin was installed, for whoever installed it. */
export interface InstallationNotice {
  readonly code: InstallationCode;
  /** `error`: nothing can be scored. `hint`: it works, but slower. */
  readonly severity: 'error' | 'hint';
  readonly message: string;
}

/** What the check asks of the page; tests give their own. */
export interface InstallationSurroundings {
  /** Names of host features that are missing, see `missingHostFeatures`. */
  readonly missingFeatures: readonly string[];
  /** Throws where the site's configuration cannot be understood. */
  configuration(): EngineConfiguration;
  fetch(url: string, init: { method: 'HEAD' }): Promise<Pick<Response, 'ok' | 'status' | 'headers'>>;
  readonly crossOriginIsolated: boolean;
  /** Whether WebGPU gives an adapter. */
  hasWebGpu(): Promise<boolean>;
}

/** Looks at the whole installation; at most one error, the one to mend first, else the hints. */
export async function checkInstallation(
  surroundings: InstallationSurroundings
): Promise<InstallationNotice[]> {
  if (surroundings.missingFeatures.length > 0) {
    return [
      error(
        'OHIF_TOO_OLD',
        `This OHIF lacks what Deep-ASPECTS is built on (${surroundings.missingFeatures.join(', ')}); it needs OHIF 3.11 or newer.`
      ),
    ];
  }
  let configuration: EngineConfiguration;
  try {
    configuration = surroundings.configuration();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return [error('BAD_CONFIGURATION', `The configuration in app-config.js cannot be used: ${reason}.`)];
  }
  const missing = await findMissingFile(configuration, surroundings);
  return missing ? [missing] : findHints(configuration, surroundings);
}

async function findMissingFile(
  { assetsUrl, models }: EngineConfiguration,
  { fetch }: InstallationSurroundings
): Promise<InstallationNotice | undefined> {
  const worker = new URL(WORKER_FILE, assetsUrl).href;
  const [workerProblem, ...modelProblems] = await Promise.all(
    [worker, models.anatomy, models.infarct].map(url => whyNotThere(url, fetch))
  );
  if (workerProblem) {
    return error(
      'ASSETS_MISSING',
      `The files of Deep-ASPECTS are not at ${assetsUrl} (${WORKER_FILE}: ${workerProblem}). Copy the whole plugin folder ` +
        'there, or set deepAspects.assetsUrl in app-config.js.'
    );
  }
  const index = modelProblems.findIndex(Boolean);
  if (index >= 0) {
    const [task, url] = index === 0 ? ['anatomy', models.anatomy] : ['infarct', models.infarct];
    return error(
      'MODEL_MISSING',
      `The ${task} network is not at ${url} (${modelProblems[index]}). Copy the folder "models" of the plugin there, or set ` +
        `deepAspects.models.${task} in app-config.js.`
    );
  }
  return undefined;
}

/** Undefined where the file is there. A single-page application answers a wrong address with its own page. */
async function whyNotThere(
  url: string,
  fetch: InstallationSurroundings['fetch']
): Promise<string | undefined> {
  try {
    const response = await fetch(url, { method: 'HEAD' });
    if (!response.ok) {
      return `the server answers ${response.status}`;
    }
    return response.headers.get('content-type')?.includes('text/html')
      ? 'the server answers with a web page'
      : undefined;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

async function findHints(
  { provider }: EngineConfiguration,
  surroundings: InstallationSurroundings
): Promise<InstallationNotice[]> {
  if (provider !== 'wasm' && (await surroundings.hasWebGpu())) {
    return [];
  }
  const hints: InstallationNotice[] = [];
  if (provider !== 'wasm') {
    hints.push({
      code: 'NO_WEBGPU',
      severity: 'hint',
      message: 'No WebGPU here: computing takes longer.',
    });
  }
  if (!surroundings.crossOriginIsolated) {
    hints.push({
      code: 'NOT_ISOLATED',
      severity: 'hint',
      message:
        'This page is not cross-origin isolated, so one processor core must do. Have the web server send ' +
        'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.',
    });
  }
  return hints;
}

function error(code: InstallationCode, message: string): InstallationNotice {
  return { code, severity: 'error', message };
}

import { translate, type WordValues } from '../../i18n/translate';
import { WORKER_FILE } from '../../inference/engine/startWorker';
import type { EngineConfiguration } from '../../inference/aspectsEngine';

export type InstallationCode =
  'OHIF_TOO_OLD' | 'BAD_CONFIGURATION' | 'ASSETS_MISSING' | 'MODEL_MISSING' | 'NOT_ISOLATED' | 'NO_WEBGPU';

/** One sentence on how the plugin was installed, in the reader's language, for whoever installed it. */
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
    return [error('OHIF_TOO_OLD', { features: surroundings.missingFeatures.join(', ') })];
  }
  let configuration: EngineConfiguration;
  try {
    configuration = surroundings.configuration();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return [error('BAD_CONFIGURATION', { reason })];
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
    return error('ASSETS_MISSING', { url: assetsUrl, file: WORKER_FILE, reason: workerProblem });
  }
  const index = modelProblems.findIndex(Boolean);
  if (index >= 0) {
    const [task, url] = index === 0 ? ['anatomy', models.anatomy] : ['infarct', models.infarct];
    return error('MODEL_MISSING', { task, url, reason: modelProblems[index] ?? '' });
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
      return translate('installation.answered', { status: response.status });
    }
    return response.headers.get('content-type')?.includes('text/html')
      ? translate('installation.webPage')
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
    hints.push(hint('NO_WEBGPU'));
  }
  if (!surroundings.crossOriginIsolated) {
    hints.push(hint('NOT_ISOLATED'));
  }
  return hints;
}

function error(code: InstallationCode, values: WordValues): InstallationNotice {
  return { code, severity: 'error', message: translate(`installation.${code}`, values) };
}

function hint(code: InstallationCode): InstallationNotice {
  return { code, severity: 'hint', message: translate(`installation.${code}`) };
}

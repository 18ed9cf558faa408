import type { SiteWords } from '../../i18n/siteWords';
import type { EngineConfiguration } from '../../inference/aspectsEngine';

/**
 * What a site may set, in `[extension, configuration]` or `window.config.deepAspects`;
 * everything is optional.
 */
export interface SiteConfiguration {
  /** URLs of the two model manifests, absolute or relative to the page. */
  readonly models?: { readonly anatomy?: string; readonly infarct?: string };
  readonly provider?: EngineConfiguration['provider'];
  readonly scoring?: Readonly<Record<string, unknown>>;
  /** `false`: networks and images are fetched at the click, and not while the study is read. */
  readonly readAhead?: boolean;
  /** Longest wait for each answer of the PACS when a report is stored, seconds; 60 by default. */
  readonly storeTimeoutSeconds?: number;
  /**
   * The site's own words for panel and reports, by language: they replace ours, or make a language that
   * we do not have.
   */
  readonly words?: SiteWords;
  /**
   * Address of the status page of the site's `deep-aspects serve`: the worklist then shows what is queued
   * or has failed.
   */
  readonly statusUrl?: string;
  /** URL of the folder of worker, wasm and models; by default the plugin's own. */
  readonly assetsUrl?: string;
}

const PROVIDERS: readonly string[] = ['auto', 'webgpu', 'wasm'];

/**
 * Absolute URLs and defaults for everything the engine needs. `sources` are merged, the first one that sets a
 * value wins. Throws an `Error` that names the setting where one cannot be understood.
 */
export function resolveConfiguration(
  sources: readonly (SiteConfiguration | undefined)[],
  pluginFolder: string,
  pageUrl: string
): EngineConfiguration {
  const pick = <T>(read: (source: SiteConfiguration) => T | undefined): T | undefined =>
    sources.map(source => source && read(source)).find(value => value !== undefined);

  const folder = pick(source => source.assetsUrl);
  const assetsUrl = folder === undefined ? pluginFolder : absolute(withSlash(folder), pageUrl, 'assetsUrl');
  const provider = pick(source => source.provider) ?? 'auto';
  if (!PROVIDERS.includes(provider)) {
    throw new Error(`deepAspects.provider is "${provider}"; it must be one of ${PROVIDERS.join(', ')}`);
  }
  const model = (task: 'anatomy' | 'infarct') => {
    const url = pick(source => source.models?.[task]);
    return url === undefined
      ? new URL(`models/${task}/manifest.json`, assetsUrl).href
      : absolute(url, pageUrl, `models.${task}`);
  };
  return {
    assetsUrl,
    provider,
    models: { anatomy: model('anatomy'), infarct: model('infarct') },
    scoring: pick(source => source.scoring),
  };
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

function absolute(url: string, pageUrl: string, setting: string): string {
  try {
    return new URL(url, pageUrl).href;
  } catch {
    throw new Error(`deepAspects.${setting} is not a URL: "${url}"`);
  }
}

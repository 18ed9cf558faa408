import type { SiteWords } from '../../i18n/siteWords';
import type { EngineConfiguration } from '../../inference/aspectsEngine';
import { pluginFolderUrl } from './pluginUrl';
import { resolveConfiguration, type SiteConfiguration } from './resolveConfiguration';

/** The globals in which OHIF keeps its `app-config.js`. */
interface ViewerWindow {
  readonly config?: { readonly deepAspects?: SiteConfiguration };
  readonly PUBLIC_URL?: string;
}

/** The site's longest wait for an answer of the PACS, ms; undefined where it sets none that makes sense. */
export function readStoreTimeoutMs(configuration: SiteConfiguration | undefined): number | undefined {
  const site = (globalThis as ViewerWindow).config?.deepAspects;
  const seconds = configuration?.storeTimeoutSeconds ?? site?.storeTimeoutSeconds;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}

/** Whether a click is prepared for while the study is read; by default it is. */
export function readReadsAhead(configuration: SiteConfiguration | undefined): boolean {
  return (configuration?.readAhead ?? (globalThis as ViewerWindow).config?.deepAspects?.readAhead) !== false;
}

/** Address of the scoring server's status page; undefined where the site names none. */
export function readStatusUrl(configuration: SiteConfiguration | undefined): string | undefined {
  const url: unknown =
    configuration?.statusUrl ?? (globalThis as ViewerWindow).config?.deepAspects?.statusUrl;
  return typeof url === 'string' && url !== '' ? url : undefined;
}

/** The site's own words; undefined where it sets none that make sense. */
export function readSiteWords(configuration: SiteConfiguration | undefined): SiteWords | undefined {
  const words: unknown = configuration?.words ?? (globalThis as ViewerWindow).config?.deepAspects?.words;
  return typeof words === 'object' && words !== null ? (words as SiteWords) : undefined;
}

/**
 * The engine's configuration on this page: what OHIF handed to the extension, then
 * `window.config.deepAspects`, then what lies in the plugin's folder. Throws an `Error` where a setting
 * cannot be understood.
 */
export function readSiteConfiguration(configuration: SiteConfiguration | undefined): EngineConfiguration {
  const { config, PUBLIC_URL } = globalThis as ViewerWindow;
  const { href } = globalThis.location;
  const folder = pluginFolderUrl({ href, publicUrl: PUBLIC_URL });
  return resolveConfiguration([configuration, config?.deepAspects], folder, href);
}

import { de } from './de';
import { en, type WordKey, type Words } from './en';
import { baseLanguage, siteWords } from './siteWords';

export type { WordKey } from './en';
export type WordValues = Readonly<Record<string, string | number>>;

/**
 * Our namespace in OHIF's i18n: a site may change words by a resource bundle of this name too, as by
 * `deepAspects.words`.
 */
const NAMESPACE = 'DeepAspects';

const LANGUAGES: Readonly<Record<string, Words>> = { en, de };

/** The part of i18next that OHIF's `@ohif/i18n` exports. */
interface HostI18n {
  readonly language?: string;
  exists(key: string, options: object): boolean;
  t(key: string, options: object): string;
  addResourceBundle(
    language: string,
    namespace: string,
    words: object,
    deep: boolean,
    overwrite: boolean
  ): unknown;
}

let host: HostI18n | undefined;

/** OHIF shares its packages with plugins as globals from 3.14 on. */
function hostI18n(): HostI18n | undefined {
  if (!host) {
    const shared = (globalThis as Record<string, unknown>)['@ohif/i18n'] as { default?: HostI18n } & HostI18n;
    const found = shared?.default ?? shared;
    if (typeof found?.addResourceBundle === 'function') {
      host = found;
      // What a site has registered already stays: ours only fills the gaps.
      for (const language of languages()) {
        found.addResourceBundle(language, NAMESPACE, wordsOf(language), true, false);
      }
    }
  }
  return host;
}

/** How long a language that was found in the browser's storage holds, ms: reading cookies is slow. */
const CACHED_MS = 1000;
let cached = { language: 'en', until: 0 };

/** The reader's language, found in the places where OHIF looks for it and in its order. */
export function currentLanguage(): string {
  const shared = hostI18n()?.language;
  if (shared) {
    return shared;
  }
  if (performance.now() > cached.until) {
    cached = { language: languageOfBrowser(), until: performance.now() + CACHED_MS };
  }
  return cached.language;
}

function languageOfBrowser(): string {
  return (
    new URLSearchParams(globalThis.location?.search ?? '').get('lng') ??
    languageOfCookie() ??
    storedLanguage() ??
    globalThis.navigator?.language ??
    'en'
  );
}

function languageOfCookie(): string | null {
  const found = /(?:^|;\s*)i18next=([^;]+)/.exec(globalThis.document?.cookie ?? '');
  return found ? decodeURIComponent(found[1]) : null;
}

function storedLanguage(): string | null {
  try {
    return globalThis.localStorage?.getItem('i18nextLng') ?? null;
  } catch {
    return null;
  }
}

/** `en` where the language has no words, neither ours nor the site's. */
export function supportedLanguage(language = currentLanguage()): string {
  const base = baseLanguage(language);
  return Object.hasOwn(LANGUAGES, base) || siteWords()[base]?.panel ? base : 'en';
}

function languages(): string[] {
  const ofSite = Object.entries(siteWords()).flatMap(([language, { panel }]) => (panel ? [language] : []));
  return [...new Set([...Object.keys(LANGUAGES), ...ofSite])];
}

/** The site's words before ours; English ones where a language of the site's lacks some. */
function wordsOf(language: string): Words {
  return { ...en, ...LANGUAGES[language], ...siteWords()[language]?.panel };
}

/**
 * As in `wordsOf`, without gathering all of them: a panel asks for hundreds of words each time it is drawn.
 */
function wordOf(language: string, key: WordKey): string {
  return siteWords()[language]?.panel?.[key] ?? LANGUAGES[language]?.[key] ?? en[key];
}

/** The words for a key in the reader's language, with `{name}` replaced by `values.name`. */
export function translate(key: WordKey, values: WordValues = {}): string {
  const shared = hostI18n();
  const template = shared?.exists(key, { ns: NAMESPACE, keySeparator: false })
    ? shared.t(key, { ns: NAMESPACE, keySeparator: false })
    : wordOf(supportedLanguage(), key);
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}

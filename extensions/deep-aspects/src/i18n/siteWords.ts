import type { ReportWords } from '@deep-aspects/aspects/report';
import type { Words } from './en';

/** A site's own words in one language: they replace ours, or make a language that we do not have. */
export interface LanguageWords {
  /** By the keys of `en.ts`. */
  readonly panel?: Partial<Words>;
  readonly report?: Partial<ReportWords>;
}

/** By language, `de` for instance. */
export type SiteWords = Readonly<Record<string, LanguageWords>>;

let registered: SiteWords = {};

/** Called once at the start, with what the site's configuration holds. */
export function registerSiteWords(words: SiteWords | undefined): void {
  registered = words ?? {};
}

export function siteWords(): SiteWords {
  return registered;
}

/** `de` of `de-AT`. */
export function baseLanguage(tag: string): string {
  return tag.toLowerCase().split('-')[0];
}

/** The site's words of reports in that language. */
export function siteReportWords(tag: string): Partial<ReportWords> | undefined {
  return registered[baseLanguage(tag)]?.report;
}

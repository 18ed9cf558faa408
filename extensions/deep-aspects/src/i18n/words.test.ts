/** @jest-environment jsdom */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { de } from './de';
import { en, type WordKey } from './en';
import { registerSiteWords, siteReportWords } from './siteWords';
import type * as Translate from './translate';
import { supportedLanguage, translate } from './translate';

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

describe('the languages', () => {
  it('have the same words', () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(Object.keys(en) as WordKey[])('%s says something, with the same values in both', key => {
    expect(en[key]).toMatch(/\S/);
    expect(de[key]).toMatch(/\S/);
    expect(placeholders(de[key])).toEqual(placeholders(en[key]));
  });
});

describe('translate', () => {
  afterEach(() => localStorage.clear());

  let clock = 0;

  /** A language that was found holds for a second. */
  function setLanguage(language: string) {
    localStorage.setItem('i18nextLng', language);
    clock = Math.max(clock, performance.now()) + 1001;
    jest.spyOn(performance, 'now').mockReturnValue(clock);
  }

  it('follows the language that OHIF has stored, and falls back to English', () => {
    setLanguage('de-AT');
    expect(translate('running.cancel')).toBe('Abbrechen');
    setLanguage('vi');
    expect(translate('running.cancel')).toBe('Cancel');
    expect(supportedLanguage('DE')).toBe('de');
    setLanguage('en-US');
    expect(translate('running.cancel')).toBe('Cancel');
    jest.restoreAllMocks();
  });

  it('fills in the values', () => {
    expect(translate('step.images', { done: 3, total: 28 })).toBe('Reading images, 3 of 28');
  });

  describe("a site's own words", () => {
    afterEach(() => {
      registerSiteWords(undefined);
      jest.restoreAllMocks();
    });

    it('replace ours, and leave the others', () => {
      registerSiteWords({ de: { panel: { 'running.cancel': 'Anhalten' } } });
      setLanguage('de-CH');
      expect(translate('running.cancel')).toBe('Anhalten');
      expect(translate('start.compute')).toBe(de['start.compute']);
    });

    it('make a language that we do not have, English where they are silent', () => {
      registerSiteWords({ fr: { panel: { 'running.cancel': 'Annuler' } } });
      setLanguage('fr');
      expect(supportedLanguage()).toBe('fr');
      expect(translate('running.cancel')).toBe('Annuler');
      expect(translate('start.compute')).toBe(en['start.compute']);
    });

    it('are those of reports in the same language', () => {
      registerSiteWords({ de: { report: { noRegion: 'nirgends' } } });
      expect(siteReportWords('de-AT')).toEqual({ noRegion: 'nirgends' });
      expect(siteReportWords('en')).toBeUndefined();
    });
  });

  it("takes a site's own words from OHIF's i18n where the host shares it", () => {
    jest.isolateModules(() => {
      const bundles: Record<string, object> = {};
      const site: Record<string, string> = { 'start.compute': 'Score this head' };
      const shared = {
        language: 'en-US',
        exists: (key: string) => key in site,
        t: (key: string) => site[key],
        addResourceBundle: (language: string, namespace: string, words: object) => {
          bundles[`${language}/${namespace}`] = words;
        },
      };
      (globalThis as Record<string, unknown>)['@ohif/i18n'] = { default: shared };
      try {
        const fresh = jest.requireActual<typeof Translate>('./translate');
        expect(fresh.translate('start.compute')).toBe('Score this head');
        expect(fresh.translate('running.cancel')).toBe('Cancel');
        expect(Object.keys(bundles)).toEqual(['en/DeepAspects', 'de/DeepAspects']);
      } finally {
        delete (globalThis as Record<string, unknown>)['@ohif/i18n'];
      }
    });
  });
});

describe('the panel', () => {
  const folder = path.resolve(__dirname, '../panel');
  const files = readdirSync(folder).filter(name => name.endsWith('.tsx') && !name.includes('.test.'));

  it.each(files)('%s has no words of its own', name => {
    const source = readFileSync(path.join(folder, name), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    // Text between tags, and attributes that are read aloud or shown.
    const between = [...source.matchAll(/<\/?[\w.]+[^<>]*>([^<>{}=;()]*)</g)].map(match => match[1].trim());
    const spoken = [...source.matchAll(/(?:aria-label|title|placeholder|alt)="([^"]*)"/g)].map(
      match => match[1]
    );
    expect([...between, ...spoken].filter(text => /\p{L}/u.test(text))).toEqual([]);
  });

  it('uses every word, or another folder does', () => {
    const folders = [
      '../panel',
      '../session',
      '../ohif',
      '../ohif/host',
      '../ohif/installation',
      '../worklist',
    ].map(folder => path.resolve(__dirname, folder));
    const sources = folders.flatMap(folder =>
      readdirSync(folder)
        .filter(name => /\.tsx?$/.test(name) && !name.includes('.test.'))
        .map(name => readFileSync(path.join(folder, name), 'utf8'))
    );
    const all = sources.join('\n');
    const unused = (Object.keys(en) as WordKey[]).filter(
      key =>
        !all.includes(key) &&
        !all.includes(`${key.split('.')[0]}.\${`) &&
        !all.includes(`${key.split('.')[0]}.task.\${`)
    );
    expect(unused).toEqual([]);
  });
});

import { registerSiteWords } from '../../i18n/siteWords';
import { createAspectsEngine } from '../../inference/engine/createAspectsEngine';
import type { AspectsController } from '../../session/aspectsController';
import { createAspectsController } from '../createAspectsController';
import type { OhifManagers } from '../host/managers';
import type { SiteConfiguration } from './resolveConfiguration';
import {
  readReadsAhead,
  readSiteConfiguration,
  readSiteWords,
  readStoreTimeoutMs,
} from './siteConfiguration';

/**
 * Makes the controller with the site's configuration, which is read, and complained about, at the
 * first computation.
 */
export function startController(
  managers: OhifManagers,
  configuration: SiteConfiguration | undefined
): AspectsController {
  registerSiteWords(readSiteWords(configuration));
  return createAspectsController({
    managers,
    report: {
      storeTimeoutMs: () => readStoreTimeoutMs(configuration),
      assetsUrl: () => readSiteConfiguration(configuration).assetsUrl,
    },
    readsAhead: readReadsAhead(configuration),
    createEngine: () => createAspectsEngine(readSiteConfiguration(configuration)),
  });
}

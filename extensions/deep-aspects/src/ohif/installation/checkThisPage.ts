import { currentEnvironment } from '../../inference/runtime/environment';
import type { OhifManagers } from '../host/managers';
import { checkInstallation, type InstallationNotice } from './checkInstallation';
import { missingHostFeatures } from './missingHostFeatures';
import type { SiteConfiguration } from './resolveConfiguration';
import { readSiteConfiguration } from './siteConfiguration';

/** `checkInstallation` on the running viewer; says in the console as well what is wrong. Never rejects. */
export async function checkThisPage(
  managers: OhifManagers,
  configuration: SiteConfiguration | undefined
): Promise<InstallationNotice[]> {
  const { crossOriginIsolated, gpu } = currentEnvironment();
  const notices = await checkInstallation({
    missingFeatures: missingHostFeatures(managers.servicesManager.services),
    configuration: () => readSiteConfiguration(configuration),
    fetch: (url, init) => fetch(url, init),
    crossOriginIsolated,
    hasWebGpu: () => Promise.resolve(gpu?.requestAdapter() ?? null).then(Boolean, () => false),
  });
  for (const { severity, message } of notices) {
    console[severity === 'error' ? 'warn' : 'info'](`Deep-ASPECTS: ${message}`);
  }
  return notices;
}

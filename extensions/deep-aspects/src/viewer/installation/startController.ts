import { createAspectsEngine } from '../../inference/engine/createAspectsEngine';
import { createAspectsController, type AspectsController } from '../aspectsController';
import type { OhifManagers } from '../host/managers';
import { pluginFolderUrl } from './pluginUrl';
import { resolveConfiguration, type SiteConfiguration } from './resolveConfiguration';

/** The globals in which OHIF keeps its `app-config.js`. */
interface ViewerWindow {
  readonly config?: { readonly deepAspects?: SiteConfiguration };
  readonly PUBLIC_URL?: string;
}

/** Makes the controller with the site's configuration, which is read, and complained about, at the first computation. */
export function startController(managers: OhifManagers, configuration: SiteConfiguration | undefined): AspectsController {
  return createAspectsController({
    managers,
    createEngine() {
      const { config, PUBLIC_URL } = globalThis as ViewerWindow;
      const { href } = globalThis.location;
      const folder = pluginFolderUrl({ href, publicUrl: PUBLIC_URL });
      return createAspectsEngine(resolveConfiguration([configuration, config?.deepAspects], folder, href));
    },
  });
}

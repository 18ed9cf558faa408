import { id } from '../../id';

/**
 * Where this bundle was loaded from. Read while the bundle's top level runs, since `document.currentScript`
 * is gone afterwards. Empty where it is unknown: in unit tests, and where a site has bundled the plugin
 * into its own OHIF.
 */
const BUNDLE_URL: string = typeof __PLUGIN_URL__ === 'string' ? __PLUGIN_URL__ : '';

/**
 * Absolute URL of the folder that holds the plugin's assets (worker, wasm, models), with a slash at its end.
 * Found in the folder of the plugin's own file, wherever a site put it; a bundle of another name is the
 * site's own build, whose assets are expected under OHIF's public path.
 */
export function pluginFolderUrl(
  page: { readonly href: string; readonly publicUrl?: string },
  bundleUrl = BUNDLE_URL
): string {
  const fileName = new URL(bundleUrl || page.href, page.href).pathname.split('/').pop() ?? '';
  if (bundleUrl && fileName.startsWith(`${id}.`)) {
    return new URL('.', new URL(bundleUrl, page.href)).href;
  }
  return new URL(`plugins/${id}/`, new URL(page.publicUrl || '/', page.href)).href;
}

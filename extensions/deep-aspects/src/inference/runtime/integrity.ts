/**
 * Hashes of files in the plugin's folder, by their path in it, as the build found them
 * (subresource integrity).
 */
declare const __FILE_INTEGRITY__: Readonly<Record<string, string>> | undefined;

/**
 * The hash that the file at that address must have; undefined for a file that is not the build's own: a
 * site's models for one, and everything in unit tests and where a site bundles the sources.
 *
 * @param assetsUrl absolute URL of the plugin's folder, with a trailing slash
 */
export function integrityAt(
  url: string,
  assetsUrl: string,
  hashes = typeof __FILE_INTEGRITY__ === 'undefined' ? {} : __FILE_INTEGRITY__
): string | undefined {
  const file = url.startsWith(assetsUrl) ? url.slice(assetsUrl.length) : '';
  return Object.hasOwn(hashes, file) ? hashes[file] : undefined;
}

/**
 * Fetches a file of the plugin's folder. Rejects where it cannot be fetched, or is not the one of this build.
 *
 * @param assetsUrl absolute URL of the plugin's folder, with a trailing slash
 */
export async function fetchChecked(url: string, assetsUrl: string): Promise<Response> {
  try {
    return await fetch(url, { integrity: integrityAt(url, assetsUrl) });
  } catch {
    throw new Error('it is not there, or it is not the file that this version of the plugin was built with');
  }
}

/**
 * Rejects where the file at that address is not the one of this build. The browser's cache then has what was
 * checked, so that a script or a WebAssembly file which it loads by its address alone is the same.
 */
export async function checkIntegrity(url: string, assetsUrl: string): Promise<void> {
  if (integrityAt(url, assetsUrl)) {
    await fetchChecked(url, assetsUrl);
  }
}

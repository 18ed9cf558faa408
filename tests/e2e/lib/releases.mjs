/** The newest stable release and the newest beta of a list in ascending order, as far as it has both. */
export function newestReleases(versions) {
  const isBeta = version => version.includes('-');
  return [versions.findLast(version => !isBeta(version)), versions.findLast(isBeta)].filter(Boolean);
}

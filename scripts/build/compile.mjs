/**
 * Runs webpack on one configuration or a list of them.
 *
 * @returns webpack's stats. Throws where nothing came of it, with webpack's own words.
 */
export async function compile(configuration) {
  const { default: webpack } = await import('webpack');
  const stats = await new Promise((resolve, reject) =>
    webpack(configuration).run((error, result) => (error ? reject(error) : resolve(result)))
  );
  if (stats.hasErrors()) {
    throw new Error(stats.toString('errors-only'));
  }
  return stats;
}

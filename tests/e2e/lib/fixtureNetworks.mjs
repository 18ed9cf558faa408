import { FIXTURE_MODELS, serveSite } from '../inference/site.mjs';

/**
 * Serves the hand-made networks, which compute in seconds; `appConfig` are the lines with which a site
 * points to them.
 *
 * @param infarct `infarct-stack` is the one that tells acute, old and blood apart
 */
export async function serveFixtureNetworks({ infarct = 'infarct' } = {}) {
  const site = await serveSite({
    folders: { '/models/': FIXTURE_MODELS },
    fileHeaders: { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' },
  });
  const models = Object.fromEntries(
    Object.entries({ anatomy: 'anatomy', infarct }).map(([task, folder]) => [
      task,
      `${site.origin}/models/${folder}/manifest.json`,
    ])
  );
  return {
    appConfig: settings => `window.config.deepAspects = ${JSON.stringify({ models, ...settings })};`,
    stop: site.stop,
  };
}

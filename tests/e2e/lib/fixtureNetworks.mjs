import { FIXTURE_MODELS, serveSite } from '../inference/site.mjs';

/** Serves the hand-made networks, which compute in seconds; `appConfig` are the lines with which a site points to them. */
export async function serveFixtureNetworks() {
  const site = await serveSite({
    folders: { '/models/': FIXTURE_MODELS },
    fileHeaders: { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' },
  });
  const models = Object.fromEntries(
    ['anatomy', 'infarct'].map(task => [task, `${site.origin}/models/${task}/manifest.json`])
  );
  return {
    appConfig: settings => `window.config.deepAspects = ${JSON.stringify({ models, ...settings })};`,
    stop: site.stop,
  };
}

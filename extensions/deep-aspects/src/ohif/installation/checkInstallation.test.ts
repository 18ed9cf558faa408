import { checkInstallation, type InstallationSurroundings } from './checkInstallation';

const CONFIGURATION = {
  assetsUrl: 'https://site.example/plugins/',
  provider: 'auto' as const,
  models: {
    anatomy: 'https://site.example/plugins/models/anatomy/manifest.json',
    infarct: 'https://site.example/plugins/models/infarct/manifest.json',
  },
};

/** A good installation; `answers` says what the server sends for addresses that hold a text. */
function page(
  own: Partial<InstallationSurroundings> = {},
  answers: Readonly<Record<string, { status?: number; type?: string }>> = {}
): InstallationSurroundings {
  return {
    missingFeatures: [],
    configuration: () => CONFIGURATION,
    crossOriginIsolated: true,
    hasWebGpu: async () => true,
    fetch: async url => {
      const answer = Object.entries(answers).find(([part]) => url.includes(part))?.[1] ?? {};
      const { status = 200, type = 'application/octet-stream' } = answer;
      return { ok: status < 400, status, headers: new Headers({ 'content-type': type }) };
    },
    ...own,
  };
}

async function codes(surroundings: InstallationSurroundings): Promise<string[]> {
  return (await checkInstallation(surroundings)).map(notice => `${notice.severity} ${notice.code}`);
}

describe('the check of the installation', () => {
  it('finds nothing wrong with a good one', async () => {
    expect(await codes(page())).toEqual([]);
  });

  it('says which OHIF is needed where the host is too old', async () => {
    const [notice] = await checkInstallation(page({ missingFeatures: ['toolbarService.updateSection'] }));
    expect(notice).toMatchObject({ code: 'OHIF_TOO_OLD', severity: 'error' });
    expect(notice.message).toMatch(/OHIF 3\.11 or newer/);
  });

  it('names the folder that it looked in for the worker', async () => {
    const [notice] = await checkInstallation(page({}, { 'worker.js': { status: 404 } }));
    expect(notice.code).toBe('ASSETS_MISSING');
    expect(notice.message).toContain('https://site.example/plugins/');
    expect(notice.message).toContain('404');
  });

  it("does not take the viewer's own page for the worker", async () => {
    const answers = { 'worker.js': { type: 'text/html; charset=utf-8' } };
    expect(await codes(page({}, answers))).toEqual(['error ASSETS_MISSING']);
  });

  it('names the network that is missing', async () => {
    const [notice] = await checkInstallation(page({}, { 'models/infarct': { status: 404 } }));
    expect(notice.code).toBe('MODEL_MISSING');
    expect(notice.message).toMatch(/infarct network .*models\/infarct\/manifest\.json/);
  });

  it('gives the reason of a server that does not answer', async () => {
    const fetch = () => Promise.reject(new Error('connection refused'));
    const [notice] = await checkInstallation(page({ fetch }));
    expect(notice.message).toContain('connection refused');
  });

  it('passes on what is wrong with the configuration', async () => {
    const configuration = () => {
      throw new Error('deepAspects.provider is "gpu"');
    };
    const [notice] = await checkInstallation(page({ configuration }));
    expect(notice).toMatchObject({ code: 'BAD_CONFIGURATION' });
    expect(notice.message).toContain('deepAspects.provider is "gpu"');
  });

  it('hints at what makes it slow', async () => {
    expect(await codes(page({ hasWebGpu: async () => false, crossOriginIsolated: false }))).toEqual([
      'hint NO_WEBGPU',
      'hint NOT_ISOLATED',
    ]);
  });

  it("speaks the reader's language, with what it found", async () => {
    Object.defineProperty(globalThis, 'location', { value: { search: '?lng=de' }, configurable: true });
    // A language that was found holds for a second.
    jest.spyOn(performance, 'now').mockReturnValue(1e9);
    const answers = { 'models/infarct': { status: 404 } };
    const [missing] = await checkInstallation(page({}, answers));
    const [slow] = await checkInstallation(page({ hasWebGpu: async () => false }));
    delete (globalThis as { location?: unknown }).location;
    jest.restoreAllMocks();
    expect(missing.message).toMatch(/^Das Netz infarct .*models\/infarct\/.*der Server antwortet 404/);
    expect(slow.message).toMatch(/^WebGPU ist nicht verfügbar/);
  });

  it('does not ask for isolation where WebGPU computes', async () => {
    expect(await codes(page({ crossOriginIsolated: false }))).toEqual([]);
  });
});

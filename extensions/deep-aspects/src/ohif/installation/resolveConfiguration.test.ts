import { missingHostFeatures } from './missingHostFeatures';
import { pluginFolderUrl } from './pluginUrl';
import { resolveConfiguration } from './resolveConfiguration';

const PAGE = 'https://site.example/viewer/stroke-triage?StudyInstanceUIDs=1';
const FOLDER = 'https://site.example/plugins/ohif-extension-deep-aspects/';

describe('the configuration', () => {
  it('needs nothing: everything lies in the folder of the plugin', () => {
    expect(resolveConfiguration([undefined, undefined], FOLDER, PAGE)).toEqual({
      assetsUrl: FOLDER,
      provider: 'auto',
      models: {
        anatomy: `${FOLDER}models/anatomy/manifest.json`,
        infarct: `${FOLDER}models/infarct/manifest.json`,
      },
      scoring: undefined,
    });
  });

  it('takes the first source that sets a value', () => {
    const configuration = resolveConfiguration(
      [{ provider: 'wasm' }, { provider: 'webgpu', assetsUrl: '/a' }],
      FOLDER,
      PAGE
    );
    expect(configuration.provider).toBe('wasm');
    expect(configuration.assetsUrl).toBe('https://site.example/a/');
    expect(configuration.models.infarct).toBe('https://site.example/a/models/infarct/manifest.json');
  });

  it('lets a site bring one network of its own', () => {
    const configuration = resolveConfiguration(
      [{ models: { infarct: '../own/manifest.json' } }],
      FOLDER,
      PAGE
    );
    expect(configuration.models.infarct).toBe('https://site.example/own/manifest.json');
    expect(configuration.models.anatomy).toBe(`${FOLDER}models/anatomy/manifest.json`);
  });

  it('names the setting that it cannot understand', () => {
    expect(() => resolveConfiguration([{ provider: 'gpu' as never }], FOLDER, PAGE)).toThrow(
      /deepAspects\.provider is "gpu"/
    );
    expect(() => resolveConfiguration([{ assetsUrl: 'https://' }], FOLDER, PAGE)).toThrow(
      /deepAspects\.assetsUrl/
    );
  });
});

describe("the plugin's own folder", () => {
  it.each([
    'https://site.example/a/b/ohif-extension-deep-aspects.esm.js',
    'https://site.example/a/b/ohif-extension-deep-aspects.umd.js?v=1',
  ])('is where %s lies', bundle => {
    expect(pluginFolderUrl({ href: PAGE }, bundle)).toBe('https://site.example/a/b/');
  });

  it.each(['', 'https://site.example/app.bundle.123.js'])(
    "is expected under OHIF's public path where the bundle is the site's own (%s)",
    bundle => {
      const folder = pluginFolderUrl({ href: PAGE, publicUrl: '/viewer/' }, bundle);
      expect(folder).toBe('https://site.example/viewer/plugins/ohif-extension-deep-aspects/');
    }
  );
});

describe('the features of the host', () => {
  const method = () => undefined;
  const current = {
    toolbarService: { updateSection: method },
    segmentationService: { createLabelmapForDisplaySet: method, addSegmentationRepresentation: method },
  };

  it('are all there from 3.11 on', () => {
    expect(missingHostFeatures(current)).toEqual([]);
  });

  it('are named where an older one lacks them', () => {
    expect(missingHostFeatures({ ...current, toolbarService: { createButtonSection: method } })).toEqual([
      'toolbarService.updateSection',
    ]);
    expect(missingHostFeatures({})).toHaveLength(3);
  });
});

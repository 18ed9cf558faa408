import assert from 'node:assert/strict';

const READY_TIMEOUT_MS = 60_000;
const EXTENSION = 'ohif-extension-deep-aspects';
const MODE = 'ohif-mode-stroke-triage';

const setPlugins = path => lines => lines.replace(/var PLUGINS = .*;/, `var PLUGINS = '${path}';`);

/** The lines of another build: the hash in them of that package's ES module is not that of the file. */
const staleHash = name => lines => {
  const edited = lines.replace(new RegExp(`(${name}\\.esm\\.js",\\s+"hash": "sha384-).{8}`), '$1AAAAAAAA');
  assert.notEqual(edited, lines);
  return edited;
};

const withoutHashes = lines =>
  lines.replace(/integrity: \{.*\},/, 'integrity: {},').replaceAll(/"hash": ".*"/g, '"hash": ""');

const imagesShown = page =>
  page.waitForFunction(
    () =>
      (window.cornerstone?.getEnabledElements?.() ?? []).some(
        ({ viewport }) => viewport.getCurrentImageId?.() && !viewport.id.startsWith('thumbnail')
      ),
    undefined,
    { timeout: READY_TIMEOUT_MS }
  );

/**
 * An installation that cannot be loaded: the viewer is whole but for the mode, which says what is wrong. Each
 * host's worklist and own mode are tried once a package.
 */
function explains({ name, sentence, ohif, everyHost, breakPage = async () => undefined, ...installation }) {
  return {
    name: `a plugin that does not load: ${name}`,
    ohif,
    everyHost,
    installation,
    async run(visit, { check, studies }) {
      const { page, url } = visit;
      const study = `?StudyInstanceUIDs=${studies.demo.uid}`;
      await breakPage(page);
      if (everyHost) {
        await check('the worklist is there', () => visit.openWorklist(studies.demo.patientId));
      }
      await check('the mode shows the images, and its panel says what is wrong', async () => {
        if (everyHost) {
          await visit.worklistRow(studies.demo.patientId).click();
          await page
            .getByRole('button', { name: 'Stroke triage' })
            .or(page.getByText('Stroke triage'))
            .first()
            .click();
        } else {
          await page.goto(`${url}stroke-triage${study}`);
        }
        const shown = page.getByText(sentence).first();
        await shown.waitFor({ timeout: READY_TIMEOUT_MS });
        const { color, cutOff } = await shown.evaluate(element => ({
          color: getComputedStyle(element).color,
          cutOff: element.scrollWidth > element.clientWidth,
        }));
        assert.deepEqual({ color, cutOff }, { color: 'rgb(255, 180, 168)', cutOff: false });
        await imagesShown(page);
        await visit.screenshot(`not-loaded-${name.replace(/\W+/g, '-')}`);
      });
      if (everyHost) {
        await check("OHIF's own mode works", async () => {
          await page.goto(`${url}viewer${study}`);
          await imagesShown(page);
        });
      }
    },
  };
}

/** An unusual way to write the same: everything is loaded. */
function loads({ name, ...installation }) {
  return {
    name: `a plugin that loads: ${name}`,
    ohif: ['3.12.10'],
    installation,
    async run(visit, { check, studies }) {
      await check('from the worklist', async () => {
        await visit.openWorklist(studies.demo.patientId);
        await visit.enterModeFromWorklist(studies.demo.patientId);
      });
      await check('with its settings', async () => {
        await visit.page.getByRole('button', { name: 'Score it' }).first().waitFor();
      });
    },
  };
}
const SETTINGS = "{ words: { en: { panel: { 'start.compute': 'Score it' } } } }";

const answering = answer => page =>
  page.route(`**/${EXTENSION}.esm.js`, route =>
    route.fulfill({
      contentType: 'text/javascript',
      headers: { 'Cross-Origin-Resource-Policy': 'same-origin' },
      ...answer,
    })
  );
const asBroken = body => answering({ body });

export default [
  explains({
    name: 'a wrong path',
    everyHost: true,
    edit: setPlugins('/plugins/elsewhere/'),
    sentence:
      /could not be loaded from http:\/\/localhost:\d+\/plugins\/elsewhere\/\S+\.esm\.js: the server answers 404\. .*set PLUGINS/,
  }),
  explains({
    name: 'a wrong path on a server that answers everything with its page',
    ohif: ['3.12.10'],
    edit: setPlugins('/elsewhere/'),
    sentence: /\/elsewhere\/\S+\.esm\.js: the server answers with a web page\. .*set PLUGINS/,
  }),
  explains({
    name: 'an extension of another build',
    edit: staleHash(EXTENSION),
    sentence:
      /ohif-extension-deep-aspects\.esm\.js: the file is not the one that the lines in app-config\.js were made for/,
  }),
  explains({
    name: 'a mode of another build',
    everyHost: true,
    edit: staleHash(MODE),
    sentence:
      /ohif-mode-stroke-triage\.esm\.js: the file is not the one that the lines in app-config\.js were made for/,
  }),
  explains({
    name: 'a broken file',
    ohif: ['3.12.10'],
    edit: withoutHashes,
    breakPage: asBroken('export default {'),
    sentence: /ohif-extension-deep-aspects\.esm\.js: SyntaxError: /,
  }),
  explains({
    name: 'a file that throws',
    ohif: ['3.12.10'],
    edit: withoutHashes,
    breakPage: asBroken('throw new RangeError("out of luck");'),
    sentence: /ohif-extension-deep-aspects\.esm\.js: RangeError: out of luck/,
  }),
  explains({
    name: 'another program',
    ohif: ['3.12.10'],
    edit: withoutHashes,
    breakPage: asBroken('export default { id: "something-else" };'),
    sentence: /ohif-extension-deep-aspects\.esm\.js: it holds another program/,
  }),
  explains({
    name: 'a server that breaks off',
    ohif: ['3.12.10'],
    breakPage: page => page.route(`**/${EXTENSION}.esm.js`, route => route.abort()),
    sentence: /ohif-extension-deep-aspects\.esm\.js: Failed to fetch .* set PLUGINS/,
  }),
  explains({
    name: 'a server that knows no scripts',
    ohif: ['3.12.10'],
    edit: withoutHashes,
    breakPage: answering({ body: 'export default {};', contentType: 'application/octet-stream' }),
    sentence: /esm\.js: the server sends it as "application\/octet-stream", .* only as text\/javascript\./,
  }),
  explains({
    name: 'another host that keeps its files to itself',
    ohif: ['3.12.10'],
    edit: lines =>
      lines.replace(
        /var PLUGINS = .*;/,
        "var PLUGINS = location.origin.replace('localhost', '127.0.0.1') + '/plugins/';"
      ),
    sentence: /http:\/\/127\.0\.0\.1:\d+\/plugins\/.* other host must send Access-Control-Allow-Origin/,
  }),
  loads({
    name: 'a configuration that is a function, and a folder without a slash at its end',
    extra: `{
      const made = { ...window.config, deepAspects: ${SETTINGS} };
      window.config = () => made;
    }`,
    edit: setPlugins('/plugins'),
  }),
  loads({
    name: 'its lines before the configuration',
    extra: `const late = { ...window.config, deepAspects: ${SETTINGS} }; delete window.config;`,
    edit: lines => `${lines}\nwindow.config = late;`,
  }),
];

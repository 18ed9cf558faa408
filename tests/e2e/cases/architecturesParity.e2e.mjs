import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bundleNodeKit } from '../../benchmarks/lib/bundles.mjs';
import { bundleNetworkKit } from '../inference/engineBundle.mjs';
import { PLUGIN, serveSite } from '../inference/site.mjs';
import { newReaderContext } from '../lib/chromium.mjs';
import { ROOT } from '../lib/installation.mjs';
import { withBrowser } from './inference.e2e.mjs';

const require = createRequire(import.meta.url);

/** The networks need no OHIF; one version stands for all. */
const ONCE = ['3.12.10'];
const COMPARISON = path.join(ROOT, 'models/comparison');
const ARCHITECTURES = ['unet', 'transunet', 'unetpp', 'linknet'];
const TASKS = ['anatomy', 'infarct'];
/**
 * WebGPU in software takes ten seconds a network. A convolutional one and one with attention have all
 * kinds of operators of the others, and between them what ends a network of either task.
 */
const RUN_BY = {
  wasm: () => true,
  webgpu: ({ architecture, task }) =>
    ['unet anatomy', 'transunet infarct'].includes(`${architecture} ${task}`),
};

/**
 * Of the synthetic study, among the slices that hold brain: between the two levels, with regions of
 * both and infarct.
 */
const STUDY = path.join(ROOT, 'demo-server/demo-studies/left-mca');
const SLICE = 14;

/**
 * All three runtimes compute in float32 but add in different orders, so that the last bits differ. That can
 * move a pixel over the border of two labels where both are as likely, and a probability over a rounding
 * border, by 1 of 255. Measured: no pixel of any network, so ten of 50,176 are generous. The least that one
 * wrong operator moved (the padding of one convolution shifted, one upsampling rounding up) was 35.
 */
const MOST_DIFFERENT_PIXELS = 10;
const MOST_PROBABILITY_DIFFERENCE = 1;

/**
 * Every network has that many convolutions at least, each of them a dispatch if WebGPU, and not the
 * processor, runs it.
 */
const CONVOLUTIONS = 57;

/** What onnxruntime-node gives for the slice, by network: `{architecture, task, input, manifest, output}`. */
async function runInNode() {
  const { loadModels, readSeries, scoreSeries } = require(await bundleNodeKit());
  const pairs = new Map();
  for (const architecture of ARCHITECTURES) {
    pairs.set(
      architecture,
      await loadModels(path.join(COMPARISON, architecture), { provider: 'cpu', threads: 1 })
    );
  }
  const inputs = await preparedInputs(await readSeries(STUDY), pairs.get(ARCHITECTURES[0]), scoreSeries);
  const networks = ARCHITECTURES.flatMap(architecture => TASKS.map(task => ({ architecture, task })));
  return Promise.all(
    networks.map(async ({ architecture, task }) => {
      const network = pairs.get(architecture)[task];
      // One slice is cut for all: they are fed alike.
      assert.deepEqual(network.manifest.input, pairs.get(ARCHITECTURES[0])[task].manifest.input);
      const output = await network.run(inputs[task].slice());
      return { architecture, task, manifest: network.manifest, input: inputs[task], output };
    })
  );
}

/** What the product feeds to both networks for the slice, taken on the way. */
async function preparedInputs(series, pair, scoreSeries) {
  const taken = { anatomy: [], infarct: [] };
  const watched = task => ({
    ...pair[task],
    run: values => {
      taken[task].push(values.slice());
      return pair[task].run(values);
    },
  });
  const runtime = { provider: 'cpu', adapter: '', precision: '' };
  await scoreSeries({ series, anatomy: watched('anatomy'), infarct: watched('infarct'), runtime });
  return { anatomy: taken.anatomy[SLICE], infarct: taken.infarct[SLICE] };
}

/** A network that says one thing everywhere would agree with itself on a broken runtime too. */
function assertTellsApart({ architecture, task, manifest, output }) {
  if (task === 'anatomy') {
    const classes = new Set(output).size;
    assert.ok(classes >= 9, `${architecture} names ${classes} of ${manifest.classes.length} classes`);
    return;
  }
  const infarct = output.filter(value => value >= manifest.output.threshold * 255).length;
  assert.ok(infarct > 200 && infarct < 4000, `${architecture} sees ${infarct} pixels of infarct`);
  const between = new Set(output).size;
  assert.ok(between > 100, `${architecture} gives ${between} probabilities`);
}

function assertSame(reference, tested, task) {
  assert.equal(tested.length, reference.length);
  const differences = Array.from(reference, (value, index) => Math.abs(value - tested[index]));
  const different = differences.filter(difference => difference > 0).length;
  assert.ok(different <= MOST_DIFFERENT_PIXELS, `${different} pixels differ`);
  if (task === 'infarct') {
    const most = Math.max(...differences);
    assert.ok(most <= MOST_PROBABILITY_DIFFERENCE, `a probability differs by ${most} of 255`);
  }
}

/** Before the page loads: counts what is sent to the GPU. */
function countDispatches() {
  window.dispatches = 0;
  const { prototype } = window.GPUComputePassEncoder;
  const { dispatchWorkgroups } = prototype;
  prototype.dispatchWorkgroups = function (...given) {
    window.dispatches += 1;
    return dispatchWorkgroups.apply(this, given);
  };
}

/** Opens a page with the runtime started, and gives what it chose. */
async function startRuntime(page, origin, provider) {
  if (provider === 'webgpu') {
    await page.addInitScript(countDispatches);
  }
  await page.goto(`${origin}/`);
  return page.evaluate(
    async ({ origin, provider }) => {
      const { startNetworks } = await import(`${origin}/kit/networkKit.js`);
      window.networks = await startNetworks(provider, `${origin}/plugin/`);
      return window.networks.choice;
    },
    { origin, provider }
  );
}

/** What goes in and comes out travels as one string: number by number costs more than what is computed. */
async function runInPage(page, { architecture, task, input }) {
  const { output, dispatches } = await page.evaluate(
    async ({ folder, task, values }) => {
      window.dispatches = 0;
      const manifestUrl = new URL(`${folder}/${task}/manifest.json`, location.href).href;
      const bytes = Uint8Array.from(atob(values), character => character.charCodeAt(0));
      const output = await window.networks.run(manifestUrl, task, new Float32Array(bytes.buffer));
      const text = Array.from(output, value => String.fromCharCode(value)).join('');
      return { output: btoa(text), dispatches: window.dispatches };
    },
    {
      folder: `/pairs/${architecture}`,
      task,
      values: Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('base64'),
    }
  );
  return { output: new Uint8Array(Buffer.from(output, 'base64')), dispatches };
}

async function run(_visit, { check }) {
  let references;
  await check('onnxruntime-node: every network tells regions and infarct apart', async () => {
    references = await runInNode();
    references.forEach(assertTellsApart);
    for (const task of TASKS) {
      const outputs = references.filter(one => one.task === task).map(({ output }) => output.join());
      assert.equal(new Set(outputs).size, ARCHITECTURES.length, 'two architectures give the same');
    }
  });
  const site = await serveSite({
    folders: { '/plugin/': PLUGIN, '/kit/': await bundleNetworkKit(), '/pairs/': COMPARISON },
  });
  try {
    for (const provider of ['wasm', 'webgpu']) {
      await withBrowser({ webgpu: provider === 'webgpu' }, async browser => {
        const page = await (await newReaderContext(browser)).newPage();
        const choice = await startRuntime(page, site.origin, provider);
        assert.equal(choice.provider, provider, choice.fallbackReason);
        for (const reference of references.filter(RUN_BY[provider])) {
          const { architecture, task } = reference;
          await check(`${architecture} ${task} on ${provider} as in onnxruntime-node`, async () => {
            const { output, dispatches } = await runInPage(page, reference);
            if (provider === 'webgpu') {
              assert.ok(dispatches >= CONVOLUTIONS, `the GPU was used ${dispatches} times`);
            }
            assertSame(reference.output, output, task);
          });
        }
      });
    }
  } finally {
    await site.stop();
  }
}

export default [
  { name: 'architectures of the comparison on every runtime', ohif: ONCE, timeoutMs: 600_000, run },
];

/** Times single inferences in a worker of a page, with the session options of the product. */
import { summary, timeRuns } from './statistics.mjs';

self.onmessage = async ({ data: { runtimeUrl, wasmPaths, threads, provider, networks, warmUps, runs } }) => {
  try {
    const ort = await import(runtimeUrl);
    ort.env.wasm.numThreads = threads;
    ort.env.wasm.wasmPaths = wasmPaths;
    const slices = {};
    for (const { task, modelUrl, input, values, output } of networks) {
      const model = new Uint8Array(await (await fetch(modelUrl)).arrayBuffer());
      const options = { executionProviders: [provider], graphOptimizationLevel: 'all', logSeverityLevel: 3 };
      const session = await ort.InferenceSession.create(model, options);
      const shape = [1, input.channels.length, input.size, input.size];
      const once = () => session.run({ [input.name]: new ort.Tensor('float32', values, shape) }, [output]);
      slices[task] = summary(await timeRuns(once, warmUps, runs));
      await session.release();
    }
    self.postMessage({ slices });
  } catch (error) {
    self.postMessage({ error: String(error?.message ?? error) });
  }
};

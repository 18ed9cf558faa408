/** Times single inferences in a worker of a page, with the session options of the product. */
import { summary, timeRuns } from './statistics.mjs';

self.onmessage = async ({ data: { runtimeUrl, wasmPaths, threads, provider, networks, warmUps, runs } }) => {
  try {
    const ort = await import(runtimeUrl);
    ort.env.wasm.numThreads = threads;
    ort.env.wasm.wasmPaths = wasmPaths;
    const slices = {};
    const open = async url => {
      const model = new Uint8Array(await (await fetch(url)).arrayBuffer());
      const options = { executionProviders: [provider], graphOptimizationLevel: 'all', logSeverityLevel: 3 };
      return ort.InferenceSession.create(model, options);
    };
    for (const { task, modelUrl, encoderUrl, context, input, values, output } of networks) {
      const session = await open(modelUrl);
      const encoder = encoderUrl && (await open(encoderUrl));
      const shape = [1, input.channels.length, input.size, input.size];
      const image = () => ({ [input.name]: new ort.Tensor('float32', values, shape) });
      // Both parts of a network that sees the stack; what its neighbours hold costs the same whatever it is.
      const once = encoder
        ? async () => {
            const { features } = await encoder.run(image(), ['features']);
            const { size, offsetsMm } = context;
            const zeros = new Float32Array(offsetsMm.length * size);
            const neighbours = new ort.Tensor('float32', zeros, [1, offsetsMm.length, size]);
            return session.run({ features, context: neighbours }, [output]);
          }
        : () => session.run(image(), [output]);
      slices[task] = summary(await timeRuns(once, warmUps, runs));
      await session.release();
      await encoder?.release();
    }
    self.postMessage({ slices });
  } catch (error) {
    self.postMessage({ error: String(error?.message ?? error) });
  }
};

import { compiledWasm, loaderWith } from './compiledWasm';

/** The least that there is: magic number and version. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
/** Imports a memory, which the imports of the test do not hold: `(import "m" "m" (memory 1))`. */
const NEEDS_MEMORY = Uint8Array.of(
  ...EMPTY_MODULE,
  ...[0x02, 0x08, 0x01, 0x01, 0x6d, 0x01, 0x6d, 0x02, 0x00, 0x01]
);
const URL_OF_FILE = 'https://site/plugins/ort.wasm';

const serving = (contentType: string) =>
  jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async () => new Response(EMPTY_MODULE, { headers: { 'content-type': contentType } }));

afterEach(() => jest.restoreAllMocks());

describe("the runtime's WebAssembly", () => {
  it('is fetched once and compiled', async () => {
    const fetched = serving('application/wasm');
    const compiled = await compiledWasm(URL_OF_FILE, 'https://site/plugins/');
    expect(compiled).toBeInstanceOf(WebAssembly.Module);
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it("is left to the runtime's own ways where a server calls it something else", async () => {
    serving('text/plain');
    expect(await compiledWasm(URL_OF_FILE, 'https://site/plugins/')).toBeUndefined();
  });

  it('is missed where it cannot be fetched', async () => {
    jest.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Failed to fetch'));
    await expect(compiledWasm(URL_OF_FILE, 'https://site/plugins/')).rejects.toThrow('it is not there');
  });

  it('is handed to the loader, with the module for threads, and nothing is fetched or compiled', async () => {
    const blobs: Blob[] = [];
    jest.spyOn(URL, 'createObjectURL').mockImplementation(blob => {
      blobs.push(blob as Blob);
      return 'blob:loader';
    });
    const compile = jest.spyOn(WebAssembly, 'compile');
    const wasm = new WebAssembly.Module(EMPTY_MODULE);
    expect(loaderWith(wasm, 'https://site/plugins/ort.js')).toBe('blob:loader');
    const options = await optionsGivenBy(await blobs[0].text());
    const [instance, module] = await new Promise<readonly unknown[]>(resolve =>
      options.instantiateWasm({}, (...given: unknown[]) => resolve(given))
    );
    expect(instance).toBeInstanceOf(WebAssembly.Instance);
    expect(module).toBe(wasm);
    expect(options.numThreads).toBe(2);
    expect(compile).not.toHaveBeenCalled();
  });

  it('that cannot be instantiated fails at once: nothing waits for an answer that never comes', async () => {
    const blobs: Blob[] = [];
    jest.spyOn(URL, 'createObjectURL').mockImplementation(blob => `blob:${blobs.push(blob as Blob)}`);
    loaderWith(new WebAssembly.Module(NEEDS_MEMORY), 'https://site/plugins/ort.js');
    const options = await optionsGivenBy(await blobs[0].text());
    const done = jest.fn();
    // As Emscripten's loaders call it.
    const waiting = new Promise(resolve =>
      options.instantiateWasm({}, (...given: unknown[]) => resolve(done(...given)))
    );
    await expect(waiting).rejects.toThrow(TypeError);
    expect(done).not.toHaveBeenCalled();
  });
});

interface LoaderOptions {
  readonly numThreads: number;
  instantiateWasm(imports: object, done: (...given: unknown[]) => void): object;
}

/** What the script, a loader itself, gives the runtime's loader when it is called for two threads. */
async function optionsGivenBy(script: string): Promise<LoaderOptions> {
  const [importing, exporting] = script.split('\n');
  expect(importing).toBe('import load from "https://site/plugins/ort.js";');
  const load = (options: LoaderOptions) => options;
  const make = new Function('load', exporting.replace('export default', 'return')) as (
    loader: typeof load
  ) => (options: { numThreads: number }) => LoaderOptions;
  return make(load)({ numThreads: 2 });
}

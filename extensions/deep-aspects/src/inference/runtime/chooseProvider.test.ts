import { environmentWithGpu, fakeAdapter, fakeEnvironment } from '../testing/fakeRuntime';
import { chooseProvider, threadCount } from './chooseProvider';

describe('chooseProvider', () => {
  it('takes a GPU that works, with the smaller runtime where the browser has promise integration', async () => {
    expect(await chooseProvider('auto', environmentWithGpu(fakeAdapter()))).toMatchObject({
      provider: 'webgpu',
      build: 'webgpu-jspi',
      adapter: 'acme anvil',
    });
    const older = environmentWithGpu(fakeAdapter(), { hasJspi: false });
    expect((await chooseProvider('auto', older)).build).toBe('webgpu-asyncify');
  });

  it('is content with WebAssembly where there is no GPU, and says nothing of it', async () => {
    const choice = await chooseProvider('auto', fakeEnvironment());
    expect(choice).toEqual({
      provider: 'wasm',
      build: 'wasm',
      threads: 1,
      secondWorkerThreads: 1,
      adapter: 'CPU, 2 threads',
    });
  });

  it.each([
    ['isFallbackAdapter of the info', { info: { vendor: 'x', isFallbackAdapter: true } }],
    ['isFallbackAdapter of the adapter', { isFallbackAdapter: true }],
    ['its name', { info: { vendor: 'google', architecture: 'swiftshader' } }],
  ])('leaves a software adapter alone unless asked for it (known by %s)', async (_, overrides) => {
    const environment = environmentWithGpu(fakeAdapter(overrides));
    const automatic = await chooseProvider('auto', environment);
    expect(automatic.provider).toBe('wasm');
    expect(automatic.fallbackReason).toBeUndefined();
    expect((await chooseProvider('webgpu', environment)).provider).toBe('webgpu');
  });

  it('never asks for an adapter when the configuration says WebAssembly', async () => {
    const requestAdapter = jest.fn();
    await chooseProvider('wasm', fakeEnvironment({ gpu: { requestAdapter } }));
    expect(requestAdapter).not.toHaveBeenCalled();
  });

  it('says why it gives up a GPU that yields no device', async () => {
    const adapter = fakeAdapter({ requestDevice: () => Promise.reject(new Error('driver crashed')) });
    const choice = await chooseProvider('auto', environmentWithGpu(adapter));
    expect(choice.provider).toBe('wasm');
    expect(choice.fallbackReason).toContain('driver crashed');
  });

  it('says why it gives up a GPU whose buffers are too small', async () => {
    const adapter = fakeAdapter({ limits: { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 20 } });
    expect((await chooseProvider('auto', environmentWithGpu(adapter))).fallbackReason).toContain('too small');
  });

  it('says so when WebGPU was asked for and is not there', async () => {
    expect((await chooseProvider('webgpu', fakeEnvironment())).fallbackReason).toContain('no WebGPU adapter');
    expect((await chooseProvider('webgpu', environmentWithGpu(null))).fallbackReason).toContain(
      'no WebGPU adapter'
    );
  });

  it('asks once more, since a GPU process that has just started answers with nothing', async () => {
    const requestAdapter = jest.fn().mockResolvedValueOnce(null).mockResolvedValueOnce(fakeAdapter());
    const choice = await chooseProvider('auto', fakeEnvironment({ gpu: { requestAdapter } }));
    expect(choice.provider).toBe('webgpu');
  });

  it('keeps to a bound on threads', async () => {
    const choice = await chooseProvider('wasm', fakeEnvironment({ hardwareConcurrency: 8 }), 1);
    expect(choice).toMatchObject({ threads: 1, secondWorkerThreads: 0, adapter: 'CPU, 1 thread' });
  });
});

it('has no threads within a worker of a page that is not isolated', async () => {
  const environment = environmentWithGpu(fakeAdapter(), { crossOriginIsolated: false });
  expect(await chooseProvider('webgpu', environment)).toMatchObject({ threads: 1, secondWorkerThreads: 0 });
  expect(await chooseProvider('wasm', environment)).toMatchObject({ threads: 1, secondWorkerThreads: 1 });
});

describe('threadCount', () => {
  it.each([
    [1, true, 1],
    [2, true, 2],
    [4, true, 3],
    [8, true, 6],
    [64, true, 8],
    [8, false, 2],
    [1, false, 1],
  ])('of %i cores, isolated %p: %i', (hardwareConcurrency, crossOriginIsolated, threads) => {
    expect(threadCount(fakeEnvironment({ hardwareConcurrency, crossOriginIsolated }))).toBe(threads);
  });
});

/** The networks of a page without the worker around them. */
export { loadManifest, loadModel } from './models/loadModel';
export { openModelCache } from './models/modelCache';
export { chooseProvider } from './runtime/chooseProvider';
export { currentEnvironment } from './runtime/environment';
export { loadRuntime } from './runtime/loadRuntime';
export { openNetwork } from './runtime/openNetwork';

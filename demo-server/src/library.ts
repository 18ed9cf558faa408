/** The demo server's parts for tests and tools; the program itself is `main.ts`. */
export { appConfig } from './appConfig';
export { DicomStore } from './dicomweb/dicomStore';
export { fetchOhif } from './ohif/fetchOhif';
export { DEFAULT_RELEASE, TESTED_RELEASES } from './ohif/releases';
export { startDemoServer } from './demoServer';

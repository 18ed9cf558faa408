import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { appConfig } from './appConfig';
import { TAG, text } from './dicomweb/dicomJson';
import type { DicomStore } from './dicomweb/dicomStore';
import { fetchOhif } from './ohif/fetchOhif';
import { openEmbeddedStore } from './openEmbeddedStore';
import { readOptions, USAGE, type ServerOptions } from './options';
import { UserError } from './userError';
import { startDemoServer } from './demoServer';

/** The bundle lies in `dist/demo-server`. */
const ROOT = path.resolve(__dirname, '../..');
const DEMO_STUDIES = path.join(ROOT, 'demo-server/demo-studies');

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) {
    say(USAGE);
    return;
  }
  const store = options.dicomWeb ? undefined : await openStore(options);
  const ohifFolder = await fetchOhif(options.ohif, say);
  const pluginLines = await readFile(path.join(ROOT, 'dist/app-config.example.js'), 'utf8');
  const { url } = await startDemoServer({
    ohifFolder,
    pluginsFolder: path.join(ROOT, 'dist/plugins'),
    appConfig: appConfig(pluginLines),
    source: store ? { store } : { pacsRoot: options.dicomWeb ?? '' },
    port: options.port,
  }).catch(explainListenError);
  say(`\nOHIF ${options.ohif} with Deep-ASPECTS: ${url}`);
  say(store ? describeStudies(store, url) : `Studies of the PACS at ${options.dicomWeb}`);
  say('Research software, not a medical device. Stop with Ctrl+C.');
}

async function openStore(options: ServerOptions): Promise<DicomStore> {
  const data = process.env.XDG_DATA_HOME || path.join(os.homedir(), '.local/share');
  const folder = options.store ?? path.join(data, 'deep-aspects/store');
  const store = await openEmbeddedStore(folder);
  if (existsSync(DEMO_STUDIES)) {
    await store.readInPlace(DEMO_STUDIES);
  }
  for (const study of options.studies) {
    const status = await stat(study).catch(() => undefined);
    if (!status?.isDirectory()) {
      throw new UserError(`--study ${study}: there is no such folder`);
    }
    const { imported, skipped } = await store.importFolder(study);
    if (!imported) {
      throw new UserError(`--study ${study}: the folder holds no DICOM file (${skipped} other files)`);
    }
    say(
      `Added ${imported} DICOM files from ${study}${skipped ? `; ${skipped} other files were skipped` : ''}`
    );
  }
  return store;
}

function describeStudies(store: DicomStore, url: string): string {
  const studies = new Map(store.find().map(instance => [instance.studyInstanceUID, instance]));
  if (!studies.size) {
    return 'The store is empty: add a study with  npm start -- --study DIR';
  }
  return [...studies.values()]
    .map(({ studyInstanceUID, attributes }) => {
      const name = text(attributes, TAG.patientName) || 'no name';
      return `  ${name}: ${url}stroke-triage?StudyInstanceUIDs=${studyInstanceUID}`;
    })
    .join('\n');
}

function explainListenError(error: NodeJS.ErrnoException): never {
  if (error.code === 'EADDRINUSE') {
    throw new UserError('The port is taken by another program; choose one with  PORT=3001 npm start');
  }
  if (error.code === 'EACCES') {
    throw new UserError('This port may not be opened; choose one above 1023 with  PORT=3000 npm start');
  }
  throw error;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof UserError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
});

import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { appConfig } from './appConfig';
import { DicomStore, type ImportReport } from './dicomweb/dicomStore';
import { text } from './dicomweb/file/dicomJson';
import { TAG } from './dicomweb/file/dictionary';
import { fetchOhif } from './ohif/fetchOhif';
import { readOptions, USAGE, type ServerOptions } from './options';
import { scoreOnArrival } from './scoreOnArrival';
import { UserError } from './userError';
import { SCORING_PATH, startDemoServer, type DemoServerOptions } from './demoServer';

/** The bundle lies in `dist/demo-server`. */
const ROOT = path.resolve(__dirname, '../..');
const DEMO_STUDIES = path.join(ROOT, 'demo-server/demo-studies');
const COMMAND_LINE = path.join(ROOT, 'cli/bin/deep-aspects.mjs');

const MAX_LISTED_STUDIES = 20;

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) {
    say(USAGE);
    return;
  }
  const source: DemoServerOptions['source'] = options.pacs
    ? { pacs: options.pacs }
    : { store: await openStore(options) };
  const ohifFolder = await fetchOhif(options.ohif, say);
  const pluginLines = await readFile(path.join(ROOT, 'dist/app-config.example.js'), 'utf8');
  let statusPage: string | undefined;
  const scoring = `window.config.deepAspects = { statusUrl: '${SCORING_PATH}' };`;
  const { url } = await startDemoServer({
    ohifFolder,
    pluginsFolder: path.join(ROOT, 'dist/plugins'),
    appConfig: appConfig(pluginLines, scoring),
    source,
    port: options.port,
    statusPage: () => statusPage,
  }).catch(explainListenError);
  say(`\nOHIF ${options.ohif} with Deep-ASPECTS: ${url}`);
  say('pacs' in source ? `Studies of the PACS at ${source.pacs.root}` : describeStudies(source.store, url));
  say('Research software, not a medical device. Stop with Ctrl+C.');
  if ('store' in source && !options.manual) {
    scoreOnArrival(COMMAND_LINE, `${url}dicom-web`, {
      say,
      onStatusPage: address => (statusPage = address),
    });
  }
}

async function openStore(options: ServerOptions): Promise<DicomStore> {
  const data = process.env.XDG_DATA_HOME || path.join(os.homedir(), '.local/share');
  const folder = options.store ?? path.join(data, 'deep-aspects/store');
  const store = new DicomStore(folder);
  // Read first, so that a demo image which was stored anew is what it was stored as.
  if (existsSync(DEMO_STUDIES)) {
    await store.readInPlace(DEMO_STUDIES);
  }
  try {
    sayDamaged(await store.open());
  } catch (error) {
    throw new UserError(`The store's folder ${folder} cannot be used: ${(error as Error).message}`);
  }
  for (const study of options.studies) {
    await addStudy(store, study);
  }
  return store;
}

async function addStudy(store: DicomStore, study: string): Promise<void> {
  const status = await stat(study).catch(() => undefined);
  if (!status?.isDirectory()) {
    throw new UserError(`--study ${study}: there is no such folder`);
  }
  const report = await store.importFolder(study);
  if (!report.imported) {
    const others = report.others + report.damaged.length;
    throw new UserError(`--study ${study}: the folder holds no DICOM file (${others} other files)`);
  }
  say(
    `Added ${report.imported} DICOM files from ${study}${report.others ? `; ${report.others} other files were skipped` : ''}`
  );
  sayDamaged(report);
}

function sayDamaged({ damaged }: ImportReport): void {
  const [first] = damaged;
  if (first) {
    const number = damaged.length === 1 ? '1 damaged file is' : `${damaged.length} damaged files are`;
    say(printable(`${number} left out: ${first.file} (${first.reason})${damaged.length > 1 ? ', ...' : ''}`));
  }
}

function describeStudies(store: DicomStore, url: string): string {
  const studies = new Map(store.find().map(instance => [instance.studyInstanceUID, instance]));
  if (!studies.size) {
    return 'The store is empty: add a study with  npm start -- --study DIR';
  }
  const lines = [...studies.values()].map(({ studyInstanceUID, attributes }) => {
    const name = text(attributes, TAG.patientName) || 'no name';
    return printable(`  ${name}: ${url}stroke-triage?StudyInstanceUIDs=${studyInstanceUID}`);
  });
  const more = lines.length - MAX_LISTED_STUDIES;
  return [...lines.slice(0, MAX_LISTED_STUDIES), ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

/** Names come from files: what would steer the terminal is taken out. */
function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '');
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

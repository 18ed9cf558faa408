import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const PROGRAMS = ['/usr/sbin/Orthanc', '/usr/local/sbin/Orthanc'];
const DICOM_WEB_PLUGINS = [
  '/usr/share/orthanc/plugins/libOrthancDicomWeb.so',
  '/usr/local/share/orthanc/plugins/libOrthancDicomWeb.so',
];

/** Whether this machine has Orthanc and its DICOMweb plugin. */
export function hasOrthanc() {
  return [PROGRAMS, DICOM_WEB_PLUGINS].every(files => files.some(file => existsSync(file)));
}

/** Starts an empty Orthanc on free loopback ports; `load(folder)` sends DICOM files, `stop()` ends it and its data. */
export async function startOrthanc() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'deep-aspects-orthanc-'));
  const [httpPort, dicomPort] = [await freePort(), await freePort()];
  const configuration = {
    Name: 'deep-aspects-tests',
    StorageDirectory: path.join(folder, 'storage'),
    IndexDirectory: path.join(folder, 'storage'),
    HttpPort: httpPort,
    DicomPort: dicomPort,
    DicomServerEnabled: false,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    Plugins: [DICOM_WEB_PLUGINS.find(file => existsSync(file))],
    DicomWeb: {
      Enable: true,
      Root: '/dicom-web/',
      EnableWado: true,
      StudiesMetadata: 'Full',
      SeriesMetadata: 'Full',
    },
  };
  const file = path.join(folder, 'orthanc.json');
  await writeFile(file, JSON.stringify(configuration));
  const program = spawn(
    PROGRAMS.find(candidate => existsSync(candidate)),
    [file],
    { stdio: ['ignore', 'pipe', 'pipe'] }
  );
  let log = '';
  program.stdout.on('data', chunk => (log += chunk));
  program.stderr.on('data', chunk => (log += chunk));
  const root = `http://127.0.0.1:${httpPort}`;
  await untilAnswers(`${root}/system`, program, () => log);
  return {
    dicomWeb: `${root}/dicom-web`,
    load: dicomFolder => load(root, dicomFolder),
    async stop() {
      const ended = new Promise(resolve => program.once('exit', resolve));
      program.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilAnswers(url, program, log) {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (program.exitCode !== null) {
      throw new Error(`Orthanc ended at once:\n${log()}`);
    }
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  throw new Error(`Orthanc did not answer at ${url}:\n${log()}`);
}

async function load(root, folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter(candidate => candidate.name.endsWith('.dcm'))) {
    const body = await readFile(path.join(entry.parentPath ?? entry.path, entry.name));
    const answer = await fetch(`${root}/instances`, { method: 'POST', body });
    if (!answer.ok) {
      throw new Error(`Orthanc refused ${entry.name}: ${answer.status} ${await answer.text()}`);
    }
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

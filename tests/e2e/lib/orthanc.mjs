import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { endWithProcess, temporaryFolder } from './leftovers.mjs';

const PROGRAMS = ['/usr/sbin/Orthanc', '/usr/local/sbin/Orthanc'];
const DICOM_WEB_PLUGINS = [
  '/usr/share/orthanc/plugins/libOrthancDicomWeb.so',
  '/usr/local/share/orthanc/plugins/libOrthancDicomWeb.so',
];

/** Whether this machine has Orthanc and its DICOMweb plugin. */
export function hasOrthanc() {
  return [PROGRAMS, DICOM_WEB_PLUGINS].every(files => files.some(file => existsSync(file)));
}

/**
 * Starts an empty Orthanc on free loopback ports; `load(folder)` sends DICOM files, `send(bytes)` one of
 * them, `pause(ms)` ends it and starts it again later with what it holds, `stop()` ends it and its data.
 *
 * @param {{lua?: string[], stableAge?: number, overwrites?: boolean, env?: Record<string, string>}} [options]
 *   Lua scripts, after how many quiet seconds a study is stable, whether an instance that comes again takes
 *   the place of the first, and what its environment has besides
 */
export async function startOrthanc({ lua = [], stableAge = 60, overwrites = false, env = {} } = {}) {
  const { folder, remove } = await temporaryFolder('orthanc');
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
    LuaScripts: lua,
    StableAge: stableAge,
    OverwriteInstances: overwrites,
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
  const root = `http://127.0.0.1:${httpPort}`;
  const begin = () => start(file, root, env);
  let program = await begin();
  return {
    root,
    dicomWeb: `${root}/dicom-web`,
    load: dicomFolder => load(root, dicomFolder),
    send: bytes => send(root, bytes, 'an instance'),
    async pause(milliseconds) {
      await end(program);
      await new Promise(resolve => setTimeout(resolve, milliseconds));
      program = await begin();
    },
    async stop() {
      await end(program);
      await remove();
    },
  };
}

async function start(configurationFile, root, env) {
  const program = spawn(
    PROGRAMS.find(candidate => existsSync(candidate)),
    [configurationFile],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }
  );
  endWithProcess(program);
  let log = '';
  program.stdout.on('data', chunk => (log += chunk));
  program.stderr.on('data', chunk => (log += chunk));
  await untilAnswers(`${root}/system`, program, () => log);
  return program;
}

async function end(program) {
  const ended = new Promise(resolve => program.once('exit', resolve));
  program.kill('SIGTERM');
  await ended;
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
    await send(root, body, entry.name);
  }
}

async function send(root, body, name) {
  const answer = await fetch(`${root}/instances`, { method: 'POST', body });
  if (!answer.ok) {
    throw new Error(`Orthanc refused ${name}: ${answer.status} ${await answer.text()}`);
  }
}

/**
 * Below the ports that outgoing connections are given: what is free here is still free when a program opens
 * it a moment later.
 */
const PORTS = { first: 20_000, count: 12_000 };

/** A free port of the loopback interface. */
export async function freePort() {
  for (;;) {
    const port = PORTS.first + Math.floor(PORTS.count * Math.random());
    if (await isFree(port)) {
      return port;
    }
  }
}

function isFree(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', error => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

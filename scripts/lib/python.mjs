import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const REQUIREMENTS = ['models/training/requirements.txt', 'tests/conformance/requirements.txt'];
/** Modules that the tests of a folder cannot do without. */
const NEEDED = {
  'tests/conformance': ['numpy', 'pydicom', 'highdicom'],
  'models/training': ['pytest', 'torch', 'onnx', 'nibabel', 'SimpleITK'],
};
const OLDEST = [3, 11];
/** Written last, so that an environment whose making was interrupted is made anew. */
const COMPLETE = 'complete';

/**
 * A Python that can run the tests of a folder: `DEEP_ASPECTS_PYTHON`, the `.venv` of the repository, the
 * environment that `makePython` made, or the system's. Where there is none, the reason.
 */
export function findPython(root, folder) {
  const candidates = [
    process.env.DEEP_ASPECTS_PYTHON,
    path.join(root, '.venv/bin/python'),
    programOf(environmentFolder(root)),
    'python3',
  ];
  const reasons = [];
  for (const python of candidates) {
    if (!python || (python.includes(path.sep) && !existsSync(python))) {
      continue;
    }
    const { status, stderr, error } = runPython(python, ['-c', `import ${NEEDED[folder].join(', ')}`]);
    if (status === 0) {
      return { python };
    }
    reasons.push(`${python}: ${error?.message ?? stderr.trim().split('\n').pop()}`);
  }
  return { reason: reasons.join('; ') || 'Python is missing (Debian: apt install python3 python3-venv)' };
}

/**
 * Makes an environment with the pinned packages of the Python tests, once for each state of the requirements,
 * in the user's cache and not in the tree. Does nothing where a Python that has them is found, or none of
 * 3.10 or later is there.
 */
export function makePython(root) {
  if (Object.keys(NEEDED).every(folder => findPython(root, folder).python)) {
    return;
  }
  const version = runPython('python3', ['-c', 'import sys, venv; print(*sys.version_info[:2])']);
  const [major, minor] = version.stdout?.trim().split(' ').map(Number) ?? [];
  if (version.status !== 0 || major !== OLDEST[0] || minor < OLDEST[1]) {
    return;
  }
  const folder = environmentFolder(root);
  console.log(
    `Installing the pinned packages of the Python tests into ${folder}, once (PyTorch among them: up to some GB) ...`
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  const python = path.join(folder, 'bin/python');
  const install = ['-m', 'pip', 'install', '-qq', '--disable-pip-version-check'];
  const steps = [
    ['python3', ['-m', 'venv', folder]],
    ...REQUIREMENTS.map(file => [python, [...install, '-r', path.join(root, file)]]),
  ];
  for (const [program, args] of steps) {
    if (spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0) {
      console.log(`"${program} ${args.join(' ')}" failed`);
      return;
    }
  }
  writeFileSync(path.join(folder, COMPLETE), '');
}

/** One environment a state of the requirements: another one never changes under a running test. */
function environmentFolder(root) {
  const hash = createHash('sha256');
  REQUIREMENTS.forEach(file => hash.update(readFileSync(path.join(root, file))));
  return path.join(cacheFolder(), `python-${hash.digest('hex').slice(0, 12)}`);
}

/** The user's cache, which outlives a clone; mypy keeps there what it knows of the packages. */
export function cacheFolder() {
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'deep-aspects');
}

function programOf(folder) {
  return existsSync(path.join(folder, COMPLETE)) ? path.join(folder, 'bin/python') : undefined;
}

function runPython(python, args) {
  return spawnSync(python, args, { encoding: 'utf8' });
}

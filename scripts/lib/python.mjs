import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Modules that the tests of a folder cannot do without. */
const NEEDED = {
  'tests/conformance': ['numpy', 'pydicom', 'highdicom'],
  'models/training/tests': ['pytest', 'torch', 'onnx', 'nibabel'],
};

/**
 * A Python that can run the tests of that folder: `DEEP_ASPECTS_PYTHON`, the `.venv` of the repository, or the system's.
 * Where there is none, the reason.
 */
export function findPython(root, folder) {
  const candidates = [process.env.DEEP_ASPECTS_PYTHON, path.join(root, '.venv/bin/python'), 'python3'];
  const reasons = [];
  for (const python of candidates) {
    if (!python || (python.includes(path.sep) && !existsSync(python))) {
      continue;
    }
    const { status, stderr, error } = spawnSync(python, ['-c', `import ${NEEDED[folder].join(', ')}`], {
      encoding: 'utf8',
    });
    if (status === 0) {
      return { python };
    }
    reasons.push(`${python}: ${error?.message ?? stderr.trim().split('\n').pop()}`);
  }
  const hint = `python3 -m venv .venv, then .venv/bin/pip install -r models/training/requirements.txt -r tests/conformance/requirements.txt`;
  return { reason: `${reasons.join('; ') || 'there is no Python'} (${hint})` };
}

/**
 * The conformance tests: the project's DICOM objects against dciodvfy (dicom3tools), pydicom and highdicom.
 * Prints `N passed, N failed` last. What is missing on the machine is skipped with its reason; under CI
 * that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython } from '../../scripts/lib/python.mjs';
import { hasOrthanc } from '../e2e/lib/orthanc.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const summaryFile = path.join(ROOT, 'test-results/conformance.json');

const { python, reason } = findPython(ROOT, 'tests/conformance');
const missing = [];
if (!python) {
  missing.push(reason);
}
if (spawnSync('dciodvfy', ['-version']).error) {
  missing.push('dciodvfy is missing (Debian: apt install dicom3tools)');
}

let passed = 0;
let failed = 0;
if (missing.length === 0) {
  ({ passed, failed } = runTests());
}
if (!hasOrthanc()) {
  missing.push('Orthanc is missing (Debian: apt install orthanc orthanc-dicomweb)');
}
for (const what of missing) {
  console.log(`  skipped, since ${what}`);
}
if (process.env.CI) {
  failed += missing.length;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function runTests() {
  mkdirSync(path.dirname(summaryFile), { recursive: true });
  const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
  const config = path.join(ROOT, 'tests/conformance/jest.config.cjs');
  const { status } = spawnSync(
    process.execPath,
    [jest, '--config', config, '--rootDir', ROOT, '--json', `--outputFile=${summaryFile}`],
    {
      cwd: ROOT,
      // jest repeats its JSON on standard output; people read standard error.
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEEP_ASPECTS_PYTHON: python },
    }
  );
  const summary = JSON.parse(readFileSync(summaryFile, 'utf8'));
  const failures = summary.numFailedTests + summary.numRuntimeErrorTestSuites;
  return { passed: summary.numPassedTests, failed: status === 0 ? failures : Math.max(failures, 1) };
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { refusalOf } from '../../../testing/refusalOf';
import { validateManifest } from './validateManifest';

type Json = Record<string, unknown>;

const fixture = (task: string): Json =>
  JSON.parse(readFileSync(path.join(process.cwd(), 'tests/fixtures/models', task, 'manifest.json'), 'utf8'));

function problemsOf(manifest: unknown, task: 'anatomy' | 'infarct' = 'anatomy'): string {
  const refusal = refusalOf(() =>
    validateManifest(manifest, task, 'https://site/models/anatomy/manifest.json')
  );
  expect(refusal?.code).toBe('MODEL_UNAVAILABLE');
  return refusal?.message ?? '';
}

describe('validateManifest', () => {
  it.each(['anatomy', 'infarct'] as const)('accepts the %s fixture', task => {
    expect(validateManifest(fixture(task), task, 'here').name).toBe(`fixture-${task}`);
  });

  it('compares hashes without regard to case', () => {
    const manifest = fixture('anatomy');
    const upper = { ...manifest, sha256: String(manifest.sha256).toUpperCase() };
    expect(validateManifest(upper, 'anatomy', 'here').sha256).toBe(manifest.sha256);
  });

  it('names every fault at once, and where', () => {
    const message = problemsOf({ ...fixture('anatomy'), sha256: 'abc', sizeBytes: -1, precision: 'fp8' });
    expect(message).toContain('sha256');
    expect(message).toContain('sizeBytes');
    expect(message).toContain('precision');
    expect(message).toContain('https://site/models/anatomy/manifest.json');
  });

  it.each([null, [], 'text', 7])('refuses %p, which is no object', value => {
    expect(problemsOf(value)).toContain('not a JSON object');
  });

  it('refuses the other network', () => {
    expect(problemsOf(fixture('infarct'))).toContain('task is not "anatomy"');
  });

  it('refuses regions in another order: the ids would mean other regions', () => {
    const manifest = fixture('anatomy');
    const classes = (manifest.classes as Json[]).map(entry => {
      const swapped: Record<string, string> = { C: 'L', L: 'C' };
      return { ...entry, region: swapped[String(entry.region)] ?? entry.region };
    });
    expect(problemsOf({ ...manifest, classes })).toContain('the class with id 1 is not region C');
  });

  it('refuses an empty window, a descending range and a channel without offsets', () => {
    const manifest = fixture('anatomy');
    const input = {
      ...(manifest.input as Json),
      window: { center: 35, width: 0 },
      range: [1, -1],
      channels: [{ offsetsMm: [], mirrored: false }],
    };
    const message = problemsOf({ ...manifest, input });
    expect(message).toContain('input.window');
    expect(message).toContain('input.range');
    expect(message).toContain('input.channels[0]');
  });

  it('refuses a threshold that is no probability', () => {
    const manifest = fixture('infarct');
    const output = { ...(manifest.output as Json), threshold: 128 };
    expect(problemsOf({ ...manifest, output }, 'infarct')).toContain('output.threshold');
  });

  it('refuses repeated class ids and a class without a code', () => {
    const manifest = fixture('infarct');
    const [infarct] = manifest.classes as Json[];
    const message = problemsOf({ ...manifest, classes: [infarct, { ...infarct, code: {} }] }, 'infarct');
    expect(message).toContain('repeat an id');
    expect(message).toContain('classes[1].code');
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type DicomReport,
  parsePart10,
  readReport,
  reportHeaderOf,
  type ReportInput,
} from '@deep-aspects/aspects/report';
import type { AspectsResult } from '@deep-aspects/aspects/scoring';
import { readSourceSeries } from './sourceSeries';

const PROGRAM = path.resolve('cli/bin/deep-aspects.mjs');
const NETWORKS = path.resolve('tests/fixtures/models');

/**
 * What `deep-aspects score FOLDER --seg --sr --json` writes, with the hand-made networks. The result is the
 * one of the JSON file; the masks are as this project reads them back, for others to read the same.
 */
export function scoredByCommandLine(folder: string): { input: ReportInput; report: DicomReport } {
  const out = mkdtempSync(path.join(tmpdir(), 'deep-aspects-cli-'));
  try {
    const file = (name: string) => path.join(out, name);
    const options = ['--seg', file('seg.dcm'), '--sr', file('sr.dcm'), '--json', file('result.json')];
    const run = spawnSync(process.execPath, [PROGRAM, 'score', folder, ...options, '--models', NETWORKS], {
      encoding: 'utf8',
    });
    if (run.status !== 0) {
      throw new Error(`deep-aspects score ${folder} ended with ${run.status}: ${run.stderr}`);
    }
    const part10 = (name: string) => new Uint8Array(readFileSync(file(name))).buffer;
    const { series, source } = readSourceSeries(folder);
    const stored = readReport(part10('seg.dcm'), part10('sr.dcm'), series);
    const header = reportHeaderOf(parsePart10(part10('sr.dcm')).dataset)!;
    const study = { studyInstanceUID: series.studyInstanceUID };
    return {
      input: {
        series,
        source,
        regions: stored.regions,
        infarct: stored.infarct,
        result: JSON.parse(readFileSync(file('result.json'), 'utf8')) as AspectsResult,
      },
      report: {
        unchanged: false,
        seg: {
          ...study,
          ...header.seg,
          kind: 'SEG',
          sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
          part10: part10('seg.dcm'),
        },
        sr: {
          ...header.version,
          kind: 'SR',
          sopClassUID: '1.2.840.10008.5.1.4.1.1.88.33',
          part10: part10('sr.dcm'),
        },
      },
    };
  } finally {
    rmSync(out, { recursive: true });
  }
}

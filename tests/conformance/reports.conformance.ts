import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import dcmjs from 'dcmjs';
import {
  buildKeyImages,
  buildRefusalNote,
  buildReport,
  type DicomReport,
  parsePart10,
  readReport,
  reportHeaderOf,
  type ReportInput,
  sourceAttributesOf,
} from '@deep-aspects/aspects/report';
import { ASPECTS_REGIONS, segmentIndexOf, SIDES } from '@deep-aspects/aspects/scoring';
import {
  emptyMasks,
  ENHANCED,
  ENHANCED_IN_TWO,
  FEET_FIRST,
  PRONE,
  SCANS,
  syntheticMasks,
  syntheticReport,
  syntheticResult,
  syntheticSeries,
  THIN,
  TILTED_UNEVEN,
} from '@deep-aspects/aspects/testing';
import { frameNumberOf, instanceOfFrame } from '@deep-aspects/aspects/series';
import { scoredByCommandLine } from './commandLine';
import { asEnhancedCt } from './enhancedCt';
import { readSourceSeries } from './sourceSeries';

/** What read_reports.py prints of one case. */
interface Reading {
  voxels: number;
  differentByPydicom: number;
  differentByHighdicom: number;
  positionErrorMm: number;
  orientation: number[];
  spacingBetweenSlices: number | null;
  transferSyntax: string;
  frameOfReferenceUID: string;
  segments: {
    number: number;
    label: string;
    category: string[];
    type: string[];
    side: string | null;
    algorithmType: string;
    algorithmParameters: string;
    colour: number[];
  }[];
  sr: {
    score: number;
    affectedSide: string;
    bin: string;
    hemispheres: Record<string, number>;
    regions: {
      label: string;
      site: string[];
      side: string;
      affected: boolean;
      modelAffected: boolean;
      decidedBy: string;
      volumeMl: number;
      volumeUnit: string[];
      infarctMl: number;
      infarctFraction: number;
      meanHu: number | null;
      segments: number[];
    }[];
    infarctMl: number;
    fractionOfMca: number;
    observers: string[];
    verification: string;
    evidence: string[];
    predecessors: string[];
    patientName: string;
    patientId: string;
    studyInstanceUID: string;
  };
}

const DEMO_SERIES = path.resolve('demo-server/demo-studies/left-mca');
const reader = { name: 'Müller^Jörg', organisation: 'Klinik', verifiedAt: '2026-03-04T07:00:00Z' };

function withMasks(whole: ReportInput, masks: Pick<ReportInput, 'regions' | 'infarct'>): ReportInput {
  return { ...whole, ...masks, result: syntheticResult(whole.series, masks) };
}

function noInfarct(): ReportInput {
  const whole = syntheticReport();
  return withMasks(whole, { regions: whole.regions, infarct: emptyMasks(whole.series).infarct });
}

function scannedSeries(folder: string): ReportInput {
  const { series, source } = readSourceSeries(folder);
  const masks = syntheticMasks(series);
  return { series, source, ...masks, result: syntheticResult(series, masks) };
}

/** A version after another one, verified by a reader who edited the infarct. */
function secondVersion(): { input: ReportInput; report: DicomReport } {
  const input = syntheticReport(TILTED_UNEVEN, { reader, edited: { infarct: true } });
  const first = buildReport(syntheticReport());
  return { input, report: buildReport(input, reportHeaderOf(parsePart10(first.sr.part10).dataset)?.version) };
}

const fresh = (input: ReportInput) => ({ input, report: buildReport(input) });
const bareSource: ReportInput = {
  ...syntheticReport(),
  source: {},
  series: { ...syntheticSeries(TILTED_UNEVEN), frameOfReferenceUID: undefined },
};

/** What scanners and interfaces write against the standard, and what it only just allows. */
const ODD_SOURCES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'odd-source-names': {
    PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう=more',
    PatientID: 'Müller\t\x1b[31m 1',
    ReferringPhysicianName: 'A^B^C^D^E^F'.repeat(20),
    // Too long in letters that take a byte each: dciodvfy counts bytes, the standard characters.
    StudyDescription: 'head\\neck nativ\r\n'.repeat(9),
    BodyPartExamined: 'Kopf (nativ)',
  },
  'odd-source-values': {
    StudyDate: '2026-01-05',
    StudyTime: '18:41:08',
    PatientBirthDate: '00000000',
    PatientSex: 'male',
    StudyDescription: 'Schädel nativ',
    PatientAge: '84',
    PatientSize: '1,75',
    PatientWeight: 'NaN',
    AccessionNumber: 'A'.repeat(17),
    TimezoneOffsetFromUTC: 'CET',
    SliceThickness: '5 mm',
    LossyImageCompression: '01',
    LossyImageCompressionRatio: '5\\zero',
    LossyImageCompressionMethod: 'iso 10918',
  },
  'odd-source-limits': {
    PatientName: '^^^^',
    PatientID: '7'.repeat(64),
    StudyDate: '20240229',
    StudyTime: '235959.999999',
    PatientAge: '000D',
    AccessionNumber: 'A'.repeat(16),
    TimezoneOffsetFromUTC: '-0000',
    SliceThickness: '+5.0E0',
    LossyImageCompression: '01',
    LossyImageCompressionRatio: '2.5\\4',
    LossyImageCompressionMethod: 'ISO_10918_1\\ISO_14495_1',
  },
};

const CASES: Record<string, () => { input: ReportInput; report: DicomReport }> = {
  'tilted-uneven': () => fresh(syntheticReport(TILTED_UNEVEN)),
  'feet-first': () => fresh(syntheticReport(FEET_FIRST)),
  prone: () => fresh(syntheticReport(PRONE)),
  'one-millimetre': () => fresh(syntheticReport(THIN)),
  enhanced: () => fresh(syntheticReport(ENHANCED)),
  'enhanced-in-two': () => fresh(syntheticReport(ENHANCED_IN_TWO)),
  'no-infarct': () => fresh(noInfarct()),
  'nothing-at-all': () => fresh(withMasks(syntheticReport(), emptyMasks(syntheticSeries(TILTED_UNEVEN)))),
  'verified-second-version': secondVersion,
  'source-without-attributes': () => fresh(bareSource),
  ...Object.fromEntries(
    Object.entries(ODD_SOURCES).map(([name, dataset]) => [
      name,
      () => fresh({ ...syntheticReport(), source: sourceAttributesOf(dataset) }),
    ])
  ),
  'demo-study-by-the-command-line': () => scoredByCommandLine(DEMO_SERIES),
  'demo-study-as-enhanced-ct-by-the-command-line': () => asEnhancedCt(DEMO_SERIES, scoredByCommandLine),
  ...Object.fromEntries(
    SCANS.flatMap(({ name, headCt }) => [
      [`tilted-head-ct-${name}`, () => fresh(scannedSeries(headCt))],
      [`tilted-head-ct-${name}-by-the-command-line`, () => scoredByCommandLine(headCt)],
    ])
  ),
};

/** A picture of an odd number of bytes. */
const PAGE = { width: 3, height: 1, rgb: Uint8Array.from({ length: 9 }, (_, index) => 20 * index) };

/** What dciodvfy calls each object. */
const IODS: Readonly<Record<string, string>> = {
  seg: 'Segmentation',
  sr: 'ComprehensiveSR',
  sc: 'SCImage',
  note: 'BasicTextSR',
};
const REFUSAL = { code: 'NO_BRAIN', message: 'No brain was found in the series.' };

const names = Object.keys(CASES);
const folder = mkdtempSync(path.join(tmpdir(), 'deep-aspects-conformance-'));
const written = new Map<string, { input: ReportInput; report: DicomReport }>();
let readings: Record<string, Reading> = {};

function writeCase(name: string): void {
  const { input, report } = CASES[name]();
  const target = path.join(folder, name);
  mkdirSync(target);
  writeFileSync(path.join(target, 'seg.dcm'), Buffer.from(report.seg.part10));
  writeFileSync(path.join(target, 'sr.dcm'), Buffer.from(report.sr.part10));
  writeFileSync(path.join(target, 'sc.dcm'), Buffer.from(buildKeyImages(input, [PAGE])[0].part10));
  writeFileSync(
    path.join(target, 'note.dcm'),
    Buffer.from(buildRefusalNote(input, REFUSAL, '2.25.4711').part10)
  );
  writeFileSync(path.join(target, 'regions.raw'), Buffer.concat(input.regions));
  writeFileSync(path.join(target, 'infarct.raw'), Buffer.concat(input.infarct));
  const slices = input.series.slices.map(({ sopInstanceUID, position }) => ({
    uid: instanceOfFrame(sopInstanceUID),
    frame: frameNumberOf(sopInstanceUID) ?? null,
    position,
  }));
  writeFileSync(
    path.join(target, 'slices.json'),
    JSON.stringify({ rows: input.series.rows, columns: input.series.columns, slices })
  );
  written.set(name, { input, report });
}

beforeAll(() => {
  names.forEach(writeCase);
  const python = process.env.DEEP_ASPECTS_PYTHON as string;
  const run = spawnSync(python, [path.resolve('tests/conformance/read_reports.py'), folder], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) {
    throw new Error(`read_reports.py failed: ${run.stderr}`);
  }
  readings = JSON.parse(run.stdout) as Record<string, Reading>;
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(names)('%s', name => {
  test.each(Object.keys(IODS))('dciodvfy finds no error in the %s', kind => {
    const { stderr, stdout, error } = spawnSync('dciodvfy', [path.join(folder, name, `${kind}.dcm`)], {
      encoding: 'utf8',
    });
    expect(error).toBeUndefined();
    const lines = `${stdout}${stderr}`.split('\n');
    expect(lines).toContain(IODS[kind]);
    expect(lines.filter(line => /^Error/.test(line))).toEqual([]);
  });

  test.each(Object.keys(IODS))("dcmjs reads the %s, with the source's names", kind => {
    const { source, series } = written.get(name)!.input;
    const bytes = readFileSync(path.join(folder, name, `${kind}.dcm`));
    const { dict } = dcmjs.data.DicomMessage.readFile(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
    );
    const { PatientName, PatientID, StudyInstanceUID } =
      dcmjs.data.DicomMetaDictionary.naturalizeDataset(dict);
    const read = sourceAttributesOf({ PatientName, PatientID });
    expect(read).toEqual(
      sourceAttributesOf({ PatientName: source.PatientName, PatientID: source.PatientID })
    );
    expect(StudyInstanceUID).toBe(series.studyInstanceUID);
  });

  test('pydicom and highdicom give back every voxel, at its slice', () => {
    const { input } = written.get(name)!;
    const reading = readings[name];
    const count = (planes: readonly Uint8Array[]) =>
      planes.reduce((sum, plane) => sum + plane.filter(Boolean).length, 0);
    expect(reading.voxels).toBe(count(input.regions) + count(input.infarct));
    expect(reading).toMatchObject({
      differentByPydicom: 0,
      differentByHighdicom: 0,
      transferSyntax: '1.2.840.10008.1.2.1',
    });
    expect(reading.positionErrorMm).toBeLessThan(1e-9);
    [...input.series.rowDirection, ...input.series.columnDirection].forEach((value, index) =>
      // Scoring makes the directions unit vectors; sources have them to six or seven digits.
      expect(reading.orientation[index]).toBeCloseTo(value, 6)
    );
  });

  test('every segment has its label, codes, side and the hash of its model', () => {
    const { input } = written.get(name)!;
    const { segments } = readings[name];
    expect(segments.map(segment => segment.number)).toEqual(
      Array.from({ length: 23 }, (_, index) => index + 1)
    );
    const insula = segments[segmentIndexOf('I', 'right') - 1];
    expect(insula).toMatchObject({
      label: 'Insula (R)',
      category: ['SCT', '91723000'],
      type: ['SCT', '36169008'],
      side: 'right',
    });
    expect(insula.algorithmParameters).toContain(input.result.models[0].sha256);
    expect(segments[20]).toMatchObject({ label: 'Acute infarct', category: ['SCT', '49755003'], side: null });
    expect(segments[20].algorithmType).toBe(input.edited?.infarct ? 'SEMIAUTOMATIC' : 'AUTOMATIC');
    expect(new Set(segments.map(segment => segment.colour.join())).size).toBe(13);
  });

  test('highdicom reads the same score, sides and regions', () => {
    const { input, report } = written.get(name)!;
    const { result } = input;
    const { sr } = readings[name];
    expect(sr.score).toBe(result.score);
    const sides = { left: 'left', right: 'right', both: 'bilateral', none: 'no side' };
    expect(sr.affectedSide.toLowerCase()).toBe(sides[result.affectedSide]);
    expect(sr.hemispheres).toEqual({
      left: result.hemispheres.left.score,
      right: result.hemispheres.right.score,
    });
    const found = new Map(sr.regions.map(region => [region.label, region]));
    expect(found.size).toBe(20);
    for (const side of SIDES) {
      for (const [index, region] of result.hemispheres[side].regions.entries()) {
        const label = `${ASPECTS_REGIONS[index].name} (${side === 'left' ? 'L' : 'R'})`;
        expect(found.get(label)).toMatchObject({
          side,
          affected: region.affected,
          modelAffected: region.modelAffected,
          decidedBy: region.source === 'reader' ? 'Person' : 'Device',
          volumeMl: region.volumeMl,
          volumeUnit: ['UCUM', 'ml'],
          infarctMl: region.infarctMl,
          infarctFraction: region.infarctFraction,
          meanHu: region.meanHu,
          segments: region.volumeMl > 0 ? [segmentIndexOf(region.id, side)] : [],
        });
      }
    }
    expect([sr.infarctMl, sr.fractionOfMca]).toEqual([result.infarct.volumeMl, result.infarct.fractionOfMca]);
    expect(sr.evidence).toEqual([
      ...new Set(input.series.slices.map(slice => instanceOfFrame(slice.sopInstanceUID))),
      report.seg.sopInstanceUID,
    ]);
    expect(sr.studyInstanceUID).toBe(input.series.studyInstanceUID);
    expect([sr.patientName, sr.patientId]).toEqual([
      input.source.PatientName ?? '',
      input.source.PatientID ?? '',
    ]);
  });

  test('the project reads its own objects back as they were', () => {
    const { input, report } = written.get(name)!;
    const stored = readReport(report.seg.part10, report.sr.part10, input.series);
    expect(stored.result).toEqual(input.result);
    expect(Buffer.concat(stored.regions).equals(Buffer.concat(input.regions))).toBe(true);
    expect(Buffer.concat(stored.infarct).equals(Buffer.concat(input.infarct))).toBe(true);
  });
});

test('spacing between slices is written only where it is even', () => {
  expect(readings['tilted-uneven'].spacingBetweenSlices).toBeNull();
  expect(readings['feet-first'].spacingBetweenSlices).toBe(5);
  expect(readings['one-millimetre'].spacingBetweenSlices).toBe(1);
});

test('a verified second version names its reader and its predecessor', () => {
  const { sr } = readings['verified-second-version'];
  expect(sr.observers).toEqual(['Device', 'Person']);
  expect(sr.verification).toBe('VERIFIED');
  expect(sr.predecessors).toEqual([buildReport(syntheticReport()).sr.sopInstanceUID]);
  expect(readings['tilted-uneven'].sr).toMatchObject({
    observers: ['Device'],
    verification: 'UNVERIFIED',
    predecessors: [],
  });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { HeadCtSeries, Vec3 } from '@deep-aspects/aspects/series';
import { refusalOf } from '@deep-aspects/aspects/testing';
import { loadNiftiSeries } from './niftiSeries';
import { parseNifti } from './niftiVolume';
import { sampleLabels } from './sampleLabels';

interface NiftiSettings {
  readonly dimensions: readonly [number, number, number];
  readonly value: (i: number, j: number, k: number) => number;
  /** Twelve numbers, RAS. */
  readonly sform?: readonly number[];
  readonly qform?: {
    quaternion: readonly number[];
    offset: readonly number[];
    sizes: readonly number[];
    qfac?: number;
    code?: number;
  };
  readonly slope?: number;
  readonly intercept?: number;
  readonly bigEndian?: boolean;
  /** What the header says of where the values begin. */
  readonly offset?: number;
}

/** A NIfTI-1 file of int16 values, written field by field after nifti1.h. */
function niftiBytes(settings: NiftiSettings): Uint8Array {
  const [nx, ny, nz] = settings.dimensions;
  const bytes = new Uint8Array(352 + 2 * nx * ny * nz);
  const view = new DataView(bytes.buffer);
  const little = !settings.bigEndian;
  view.setInt32(0, 348, little);
  [3, nx, ny, nz, 1, 1, 1, 1].forEach((size, index) => view.setInt16(40 + 2 * index, size, little));
  view.setInt16(70, 4, little);
  view.setInt16(72, 16, little);
  view.setFloat32(108, settings.offset ?? 352, little);
  view.setFloat32(112, settings.slope ?? 0, little);
  view.setFloat32(116, settings.intercept ?? 0, little);
  view.setUint8(123, 2);
  const { qform, sform } = settings;
  const sizes = qform?.sizes ?? [1, 1, 1];
  [qform?.qfac ?? 1, ...sizes].forEach((size, index) => view.setFloat32(76 + 4 * index, size, little));
  view.setInt16(252, qform ? (qform.code ?? 1) : 0, little);
  view.setInt16(254, sform ? 1 : 0, little);
  [...(qform?.quaternion ?? [0, 0, 0]), ...(qform?.offset ?? [0, 0, 0])].forEach((value, index) =>
    view.setFloat32(256 + 4 * index, value, little)
  );
  (sform ?? []).forEach((value, index) => view.setFloat32(280 + 4 * index, value, little));
  bytes.set([0x6e, 0x2b, 0x31, 0], 344);
  for (let k = 0, at = 352; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at += 2) {
        view.setInt16(at, settings.value(i, j, k), little);
      }
    }
  }
  return bytes;
}

function load(settings: NiftiSettings) {
  const file = join(mkdtempSync(join(tmpdir(), 'deep-aspects-')), 'ct.nii.gz');
  writeFileSync(file, gzipSync(niftiBytes(settings)));
  return loadNiftiSeries(file);
}

const marked = (i: number, j: number, k: number) => i + 10 * j + 100 * k;
const dimensions = [4, 3, 2] as const;

function expectNear(found: readonly number[] | undefined, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  (found ?? []).forEach((value, index) => expect(value).toBeCloseTo(expected[index], 4));
}

/** Where a voxel lies, LPS, as the slices say. */
function placeOf(instance: ReturnType<typeof load>[number], row: number, column: number): number[] {
  const orientation = instance.imageOrientationPatient as readonly number[];
  const [rowSpacing, columnSpacing] = instance.pixelSpacing as readonly number[];
  return (instance.imagePositionPatient as readonly number[]).map(
    (value, axis) =>
      value + orientation[axis] * columnSpacing * column + orientation[axis + 3] * rowSpacing * row
  );
}

describe('the place of a NIfTI volume in the patient', () => {
  it('turns RAS into LPS: i grows to the patient’s left where the first column of the sform is negative', () => {
    const toLeft = load({ dimensions, value: marked, sform: [-0.5, 0, 0, 30, 0, -0.5, 0, 40, 0, 0, 5, -20] });
    expectNear(toLeft[1].imagePositionPatient, [-30, -40, -15]);
    expectNear(toLeft[1].imageOrientationPatient, [1, 0, 0, 0, 1, 0]);
    const toRight = load({
      dimensions,
      value: marked,
      sform: [0.5, 0, 0, -30, 0, 0.5, 0, -40, 0, 0, 5, -20],
    });
    expectNear(toRight[1].imagePositionPatient, [30, 40, -15]);
    expectNear(toRight[1].imageOrientationPatient, [-1, 0, 0, 0, -1, 0]);
    expect(Array.from(toLeft[1].readHu())).toEqual([
      100, 101, 102, 103, 110, 111, 112, 113, 120, 121, 122, 123,
    ]);
  });

  it('places every voxel of an oblique, sheared and flipped volume where the sform does', () => {
    const sform = [-0.48, 0.02, 0.1, 60, 0.03, 0.47, -1.6, -50, 0.01, 0.15, 4.7, 10];
    const slices = load({ dimensions, value: marked, sform });
    slices.forEach((slice, k) => {
      const hu = slice.readHu();
      for (const [i, j] of [
        [0, 0],
        [3, 0],
        [0, 2],
        [3, 2],
      ]) {
        const ras = [0, 4, 8].map(
          row => sform[row] * i + sform[row + 1] * j + sform[row + 2] * k + sform[row + 3]
        );
        expectNear(placeOf(slice, j, i), [-ras[0], -ras[1], ras[2]]);
        expect(hu[j * 4 + i]).toBe(marked(i, j, k));
      }
    });
  });

  it('reads the qform with its rotation and qfac where there is no sform', () => {
    // Half a turn about the head's axis: i and j point left and posterior; qfac -1 turns k downwards.
    const slices = load({
      dimensions,
      value: marked,
      qform: { quaternion: [0, 0, 1], offset: [10, 20, 30], sizes: [0.5, 0.6, 5], qfac: -1 },
    });
    expectNear(slices[0].imageOrientationPatient, [1, 0, 0, 0, 1, 0]);
    expectNear(slices[0].pixelSpacing, [0.6, 0.5]);
    expectNear(slices[0].imagePositionPatient, [-10, -20, 30]);
    expectNear(slices[1].imagePositionPatient, [-10, -20, 25]);
    // A quarter of a turn about the left-right axis: j runs along the body, so that it counts the slices.
    const tipped = load({
      dimensions,
      value: marked,
      qform: { quaternion: [Math.SQRT1_2, 0, 0], offset: [0, 0, 0], sizes: [1, 4, 1] },
    });
    expect(tipped).toHaveLength(3);
    expectNear(tipped[2].imagePositionPatient, [0, 0, 8]);
    expect(Array.from(tipped[2].readHu())).toEqual([20, 21, 22, 23, 120, 121, 122, 123]);
  });

  it('prefers the sform, also where the qform has the greater code', () => {
    const qform = { quaternion: [0, 0, 0], offset: [7, 7, 7], sizes: [1, 1, 1], code: 3 };
    const slices = load({ dimensions, value: marked, qform, sform: [1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3] });
    expectNear(slices[0].imagePositionPatient, [-1, -2, 3]);
  });

  it('refuses a volume that says nothing of its place', () => {
    expect(() => parseNifti(niftiBytes({ dimensions, value: marked }), 'x')).toThrow(
      expect.objectContaining({ code: 'MISSING_GEOMETRY' })
    );
  });
});

describe('the values of a NIfTI volume', () => {
  const sform = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

  it('are scaled once, and not at all by a slope of 0', () => {
    const scaled = parseNifti(
      niftiBytes({ dimensions, value: () => 100, sform, slope: 2, intercept: -1024 }),
      'x'
    );
    expect(scaled.values[5]).toBe(-824);
    const unscaled = parseNifti(
      niftiBytes({ dimensions, value: () => 100, sform, slope: 0, intercept: -1024 }),
      'x'
    );
    expect(unscaled.values[5]).toBe(100);
  });

  it.each([NaN, Infinity, -Infinity])('are refused with an intercept of %s', intercept => {
    const file = niftiBytes({ dimensions, value: () => 100, sform, slope: 1, intercept });
    expect(refusalOf(() => parseNifti(file, 'x'))?.code).toBe('CORRUPT_PIXELS');
  });

  it.each([
    [12, 12],
    [0, 1],
    [-2, -2],
  ])('stored with a slope of %s go on in steps of as much', (slope, step) => {
    const [instance] = load({ dimensions, value: () => 100, sform, slope });
    expect(instance.rescaleSlope).toBe(step);
  });

  it('begin after the header where it does not say where', () => {
    const values = (offset: number) =>
      parseNifti(niftiBytes({ dimensions, value: marked, sform, offset }), 'x').values;
    expect(values(0)).toEqual(values(352));
  });

  it('are the same in either byte order and however compressed', () => {
    const little = niftiBytes({ dimensions, value: marked, sform });
    const big = niftiBytes({ dimensions, value: marked, sform, bigEndian: true });
    const expected = Array.from(parseNifti(little, 'x').values);
    expect(expected[23]).toBe(123);
    expect(Array.from(parseNifti(big, 'x').values)).toEqual(expected);
    expect(Array.from(parseNifti(gzipSync(little), 'x').values)).toEqual(expected);
  });

  it('are refused where the file is cut short, damaged, no NIfTI, or four-dimensional', () => {
    const whole = niftiBytes({ dimensions, value: marked, sform });
    const packed = gzipSync(whole);
    const fourth = whole.slice();
    new DataView(fourth.buffer).setInt16(40, 4, true);
    new DataView(fourth.buffer).setInt16(48, 2, true);
    const refused = (bytes: Uint8Array, code: string) =>
      expect(() => parseNifti(bytes, 'x')).toThrow(expect.objectContaining({ code }));
    refused(whole.subarray(0, whole.length - 2), 'CORRUPT_PIXELS');
    refused(packed.subarray(0, packed.length - 20), 'CORRUPT_PIXELS');
    refused(new Uint8Array(400), 'CORRUPT_PIXELS');
    refused(fourth, 'INCONSISTENT_SERIES');
  });
});

describe('labels on the pixels of a series', () => {
  const seriesOf = (rows: number, columns: number, spacingMm: number, heightsMm: readonly number[]) =>
    ({
      rows,
      columns,
      pixelSpacingMm: [spacingMm, spacingMm],
      rowDirection: [1, 0, 0],
      columnDirection: [0, 1, 0],
      slices: heightsMm.map(height => ({ position: [0, 0, height] as Vec3 })),
    }) as unknown as HeadCtSeries;

  it('follow the patient, not the index: a volume stored mirrored, upside down and finer gives the same labels', () => {
    const series = seriesOf(3, 4, 2, [0, 5]);
    const label = (left: number, posterior: number, cranial: number) =>
      1 + Math.round(left / 2) + 4 * Math.round(posterior / 2) + 12 * Math.round(cranial / 5);
    // Voxels of 2 mm whose indices grow to the right, anterior and caudal.
    const volume = parseNifti(
      niftiBytes({
        dimensions: [4, 3, 2],
        value: (i, j, k) => label(6 - 2 * i, 4 - 2 * j, 5 - 5 * k),
        sform: [2, 0, 0, -6, 0, 2, 0, -4, 0, 0, -5, 5],
      }),
      'labels'
    );
    const planes = sampleLabels(volume, series);
    expect(planes.map(plane => Array.from(plane))).toEqual([
      Array.from({ length: 12 }, (_, pixel) => pixel + 1),
      Array.from({ length: 12 }, (_, pixel) => pixel + 13),
    ]);
  });

  it('are whole numbers also where they were stored with a scale', () => {
    const series = seriesOf(1, 1, 1, [0]);
    const scaled = niftiBytes({
      dimensions: [1, 1, 1],
      value: () => 76,
      slope: 10 / 255,
      sform: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0],
    });
    expect(Array.from(sampleLabels(parseNifti(scaled, 'x'), series)[0])).toEqual([3]);
  });

  it('are 0 outside the label volume', () => {
    const series = {
      rows: 1,
      columns: 3,
      pixelSpacingMm: [1, 1],
      rowDirection: [1, 0, 0],
      columnDirection: [0, 1, 0],
      slices: [{ position: [-1, 0, 0] as Vec3 }],
    } as unknown as HeadCtSeries;
    const one = niftiBytes({
      dimensions: [1, 1, 1],
      value: () => 7,
      sform: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0],
    });
    expect(Array.from(sampleLabels(parseNifti(one, 'x'), series)[0])).toEqual([0, 7, 0]);
  });
});

describe('sform and qform together', () => {
  const sform = [-0.5, 0, 0, 30, 0, -0.5, 0, 40, 0, 0, 5, -20];
  /** Half a turn about the head's axis: i and j point left and posterior, as in the sform. */
  const qform = { quaternion: [0, 0, 1], offset: [30, 40, -20], sizes: [0.5, 0.5, 5] };

  it('an sform with a code and nothing in it gives way to the qform', () => {
    const expected = load({ dimensions, value: marked, sform });
    const empty = load({ dimensions, value: marked, sform: new Array<number>(12).fill(0), qform });
    expectNear(empty[1].imagePositionPatient, expected[1].imagePositionPatient as unknown as number[]);
    expectNear(empty[1].imageOrientationPatient, expected[1].imageOrientationPatient as unknown as number[]);
  });

  it.each([
    ['turned', { ...qform, quaternion: [0, 0, 0] }],
    ['mirrored in its first axis', { ...qform, quaternion: [1, 0, 0], qfac: -1 }],
    ['turned by a bit more than a quarter', { ...qform, quaternion: [0, 0, 0.6] }],
  ])('are refused where the one is %s: nobody can tell left from right', (_, other) => {
    expect(() => load({ dimensions, value: marked, sform, qform: other })).toThrow(
      /left and right the other way round/
    );
  });

  it('are taken where they differ by little', () => {
    const other = { ...qform, quaternion: [0, 0.05, Math.sqrt(1 - 0.05 ** 2)] };
    expect(load({ dimensions, value: marked, sform, qform: other })).toHaveLength(2);
  });
});

describe('what a NIfTI file says of its size', () => {
  const header = (change: (view: DataView) => void) => {
    const bytes = niftiBytes({ dimensions, value: marked, sform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] });
    change(new DataView(bytes.buffer));
    return bytes;
  };
  const words = (bytes: Uint8Array) => {
    try {
      parseNifti(bytes, 'ct.nii.gz');
    } catch (thrown) {
      return String(thrown);
    }
    return 'accepted';
  };
  const dims = (view: DataView) =>
    [30000, 30000, 30000].forEach((size, i) => view.setInt16(42 + 2 * i, size, true));

  it('is refused before memory is taken for it', () => {
    const absurd = /declares 30000 x 30000 x 30000 voxels, more than any head CT/;
    expect(words(header(dims))).toMatch(absurd);
    expect(words(gzipSync(header(dims)))).toMatch(absurd);
    const far = header(view => view.setFloat32(108, 1e12, true));
    expect(words(gzipSync(far))).toMatch(/is cut short/);
  });

  it('is the most that is inflated: a file of some kilobytes that holds gigabytes', () => {
    // Members of one stream, so that making it leaves no large buffers behind whose release would hide what
    // inflating takes.
    const member = gzipSync(Buffer.alloc(64 * 2 ** 20));
    const bomb = Buffer.concat([gzipSync(header(() => undefined)), ...Array<Buffer>(16).fill(member)]);
    const before = process.memoryUsage().arrayBuffers;
    expect(words(bomb)).toMatch(/ct\.nii\.gz cannot be decompressed: it holds more than its header says/);
    // Of 1 GiB, what the header says, the spare room and the first look, 1,000 times its size at most.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
    expect(words(gzipSync(header(() => undefined)))).toBe('accepted');
  });

  it('is told from damage in words of its own', () => {
    const whole = gzipSync(header(() => undefined));
    expect(words(whole.subarray(0, whole.length - 12))).toMatch(/cannot be decompressed: it ends early/);
    const damaged = Buffer.from(whole);
    damaged.writeUInt32LE(1, damaged.length - 8);
    expect(words(damaged)).toMatch(/its compressed data are damaged; copy it again/);
    expect(words(Buffer.from([0x1f, 0x8b, 9, 9, 9, 9]))).toMatch(/copy it again/);
  });

  it.each<readonly [string, Buffer, number]>([
    ['a line of text', Buffer.from('250 bytes sent\n'), 15],
    ['one byte', Buffer.from([3]), 1],
    ['half a marker', Buffer.from([0x1f, 1, 2, 3, 4, 5]), 6],
  ])('may be followed by what belongs to nothing, with a warning: %s', (_, junk, junkBytes) => {
    const bytes = header(() => undefined);
    const parts = [gzipSync(bytes.subarray(0, 360)), gzipSync(bytes.subarray(360))];
    for (const packed of [gzipSync(bytes), Buffer.concat(parts)]) {
      const { values, remark } = parseNifti(Buffer.concat([packed, junk]), 'x');
      expect(values).toEqual(parseNifti(bytes, 'x').values);
      expect(remark).toContain(` ${junkBytes} bytes that belong to nothing`);
      expect(parseNifti(packed, 'x').remark).toBeUndefined();
    }
    expect(words(Buffer.concat([parts[0], parts[1].subarray(0, -3)]))).toMatch(/it ends early/);
  });

  it('does not hide padding below air, however it was resampled', () => {
    const sform = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
    const [slice] = load({ dimensions, value: (i, j) => -3024 + 700 * i + 13 * j, sform });
    expect(Array.from(slice.readHu()).slice(0, 4)).toEqual([-1024, -1024, -1024, -924]);
  });
});

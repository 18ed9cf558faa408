import type { HeadFrame, NetworkInput } from '@deep-aspects/aspects/scoring';
import type { HeadCtSeries, Vec3 } from '@deep-aspects/aspects/series';
import { UsageError } from '../exitStatus';
import { gridLabels } from './gridLabels';
import { npyBytes } from './npy';
import { parsePrepareArguments } from './prepareCommand';

describe('a NumPy file', () => {
  it('has the magic string, a header that fills a multiple of 64 bytes, and the values', () => {
    const bytes = Buffer.from(npyBytes(Float32Array.of(1, 2, 3, 4.5, 5, 6), [2, 3]));
    expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\x00', 'latin1'));
    const start = 10 + bytes.readUInt16LE(8);
    expect(start % 64).toBe(0);
    expect(bytes.toString('latin1', 10, start)).toMatch(
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3,\), \} *\n$/
    );
    expect(bytes.length).toBe(start + 24);
    expect(bytes.readFloatLE(start + 12)).toBe(4.5);
  });
});

describe('labels on the network grid', () => {
  it('lie with the patient’s left at the right, whatever the image’s directions', () => {
    const frame: HeadFrame = {
      ...{
        angleRad: 0,
        originMm: 0,
        lateralMm: 0,
        lateralSlope: 0,
        sagittalMm: 0,
        sagittalSlope: 0,
        asymmetry: 0,
      },
    };
    const input = { size: 5, pixelSpacingMm: 1 } as NetworkInput;
    // Columns grow towards the patient's right, rows towards anterior; one labelled pixel 2 mm left,
    // 1 mm posterior.
    const series = {
      ...{
        rows: 5,
        columns: 5,
        pixelSpacingMm: [1, 1],
        rowDirection: [-1, 0, 0],
        columnDirection: [0, -1, 0],
      },
      ...{ normal: [0, 0, 1], planeOffsetsMm: [0], slices: [{ position: [2, 2, 0] as Vec3 }] },
    } as unknown as HeadCtSeries;
    const plane = new Uint8Array(25);
    plane[1 * 5 + 0] = 9;
    const labels = gridLabels(plane, series, frame, 0, input);
    expect(labels.indexOf(9)).toBe(3 * 5 + 4);
    expect(labels.filter(label => label !== 0)).toHaveLength(1);
  });
});

describe('arguments of prepare', () => {
  it('need a data set and a place to write to', () => {
    expect(parsePrepareArguments([__dirname, '--out', 'o'], '/m')).toEqual({
      dataSet: __dirname,
      out: 'o',
      models: '/m',
    });
    expect(() => parsePrepareArguments([__dirname], '/m')).toThrow(UsageError);
    expect(() => parsePrepareArguments(['--out', 'o'], '/m')).toThrow(UsageError);
  });
});

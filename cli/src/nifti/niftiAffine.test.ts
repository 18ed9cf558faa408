import { gzipSync } from 'node:zlib';
import { refusalOf } from '@deep-aspects/aspects/testing';
import { lengthsContradict } from './niftiAffine';
import { parseNifti } from './niftiVolume';

type Triple = readonly [number, number, number];

/** Axes of 1, 1 and 5 mm, the third leaning by `shearMm` a slice. */
const geometry = (sizes: Triple, shearMm = 0, stretch: Triple = [1, 1, 1]) => ({
  sform_code: 1,
  qform_code: 1,
  pixDims: [1, ...sizes],
  xyzt_units: 2,
  quatern_b: 0,
  quatern_c: 0,
  quatern_d: 0,
  qoffset_x: 0,
  qoffset_y: 0,
  qoffset_z: 0,
  srows: [stretch[0], 0, 0, 0, 0, stretch[1], shearMm, 0, 0, 0, 5 * stretch[2], 0],
});

test.each<readonly [string, ReturnType<typeof geometry>]>([
  ['slices farther apart', geometry([1, 1, 5], 0, [1, 1, 1.4])],
  ['slices nearer', geometry([1, 1, 5], 0, [1, 1, 0.5])],
  ['larger pixels', geometry([1, 1, 5], 0, [1.2, 1.2, 1])],
  ['pixels that are no squares', geometry([1, 1, 5], 0, [1, 1.2, 1])],
])('an sform with %s than the voxel sizes say contradicts them', (_, header) =>
  expect(lengthsContradict(header)).toBe(true)
);

test.each<readonly [string, ReturnType<typeof geometry>]>([
  ['the same', geometry([1, 1, 5])],
  ['the way along a tilted stack', geometry([1, 1, Math.hypot(5, 2.5)], 2.5)],
  ['the distance of the planes of a tilted stack', geometry([1, 1, 5], 2.5)],
  ['nothing', geometry([0, 0, 0])],
  ['another length, but without an sform', { ...geometry([2, 2, 2]), sform_code: 0 }],
])('voxel sizes that say %s do not', (_, header) => expect(lengthsContradict(header)).toBe(false));

/** A NIfTI-1 volume of 4 x 4 x 4 voxels. */
function volume(datatype: number, bitsOfVoxel: number, sliceMm: number): Buffer {
  const bytes = Buffer.alloc(352 + 8 * bitsOfVoxel);
  bytes.writeInt32LE(348, 0);
  [3, 4, 4, 4, 1, 1, 1, 1].forEach((size, i) => bytes.writeInt16LE(size, 40 + 2 * i));
  bytes.writeInt16LE(datatype, 70);
  bytes.writeInt16LE(bitsOfVoxel, 72);
  [1, 1, 1, 5].forEach((size, i) => bytes.writeFloatLE(size, 76 + 4 * i));
  bytes.writeFloatLE(352, 108);
  bytes.writeInt16LE(1, 254);
  [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, sliceMm, 0].forEach((value, i) => bytes.writeFloatLE(value, 280 + 4 * i));
  bytes.write('n+1\0', 344, 'latin1');
  return bytes;
}

test('a volume tells that its lengths contradict each other', () => {
  expect(parseNifti(volume(4, 16, 7), 'ct.nii').remark).toMatch(/sform and the voxel sizes/);
  expect(parseNifti(volume(4, 16, 5), 'ct.nii').remark).toBeUndefined();
});

test.each([
  ['RGB', 128, 24],
  ['RGBA', 2304, 32],
  ['complex numbers', 32, 64],
])('%s are refused for what they are, compressed or not', (_, datatype, bits) => {
  for (const bytes of [volume(datatype, bits, 5), gzipSync(volume(datatype, bits, 5))]) {
    const refusal = refusalOf(() => parseNifti(bytes, 'ct.nii.gz'));
    expect([refusal?.code, refusal?.message]).toEqual([
      'CORRUPT_PIXELS',
      expect.stringContaining(`data type ${datatype}, which is not a plain number`),
    ]);
  }
});

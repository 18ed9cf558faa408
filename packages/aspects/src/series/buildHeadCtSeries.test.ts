import { affineX, affineY } from '../base/affine2';
import { headPhantom, type PhantomOptions } from '../../testing/headPhantom';
import { refusalOf } from '../../testing/refusalOf';
import { buildHeadCtSeries } from './buildHeadCtSeries';
import { chooseSeries } from './chooseSeries';
import type { CtInstance } from './ctInstance';
import type { Vec3 } from './headCtSeries';
import { pixelToPlane } from './sliceGeometry';

const SMALL: PhantomOptions = { size: 64, pixelSpacingMm: 3.75 };
const phantom = (options: PhantomOptions = {}): CtInstance[] => headPhantom({ ...SMALL, ...options });
const edited = (
  instances: readonly CtInstance[],
  change: (instance: CtInstance, i: number) => Partial<CtInstance>
): CtInstance[] => instances.map((instance, i) => ({ ...instance, ...change(instance, i) }));
const code = (instances: readonly CtInstance[]): string | undefined =>
  refusalOf(() => buildHeadCtSeries(instances))?.code;
const shuffled = <T>(values: readonly T[]): T[] =>
  [...values].sort((_, b) => ((JSON.stringify(b).length * 7919) % 13) - 6).reverse();

describe('order and geometry', () => {
  test('slices come out caudal to cranial whatever the file order', () => {
    const series = buildHeadCtSeries(shuffled(phantom()).reverse());
    expect(series.slices.map(({ sopInstanceUID }) => sopInstanceUID)).toEqual(
      phantom().map(({ sopInstanceUID }) => sopInstanceUID)
    );
    expect(series.planeOffsetsMm[0]).toBeCloseTo(-60);
  });

  const orientations: readonly (readonly [string, Vec3, Vec3])[] = [
    ['standard', [1, 0, 0], [0, 1, 0]],
    ['feet first or mirrored rows', [-1, 0, 0], [0, 1, 0]],
    ['prone', [-1, 0, 0], [0, -1, 0]],
    ['mirrored columns', [1, 0, 0], [0, -1, 0]],
    ['turned by a quarter', [0, 1, 0], [-1, 0, 0]],
  ];
  test.each(orientations)(
    '%s: ascending along a normal that points to the head, pixels at their true place',
    (_, row, column) => {
      const series = buildHeadCtSeries(phantom({ rowDirection: row, columnDirection: column }));
      expect(series.normal[2]).toBeCloseTo(1);
      expect(
        series.planeOffsetsMm.every((offset, i) => i === 0 || offset > series.planeOffsetsMm[i - 1])
      ).toBe(true);
      const map = pixelToPlane(series, 3);
      const [x, y] = [10, 20];
      const position = series.slices[3].position;
      expect(affineX(map, x, y)).toBeCloseTo(position[0] + 3.75 * (x * row[0] + y * column[0]));
      expect(affineY(map, x, y)).toBeCloseTo(position[1] + 3.75 * (x * row[1] + y * column[1]));
    }
  );

  test('tilt: distances are measured along the normal, not along the table', () => {
    const series = buildHeadCtSeries(phantom({ tiltDeg: -18 }));
    expect(series.gantryTiltDeg).toBeCloseTo(18);
    expect(series.sliceExtentsMm[5]).toBeCloseTo(5 * Math.cos((18 * Math.PI) / 180));
  });

  test('a tilt that only the tag knows is reported', () => {
    const series = buildHeadCtSeries(edited(phantom(), () => ({ gantryDetectorTilt: 12 })));
    expect(series.gantryTiltDeg).toBe(12);
  });

  test('uneven spacing: each slice stands for half the way to its neighbours', () => {
    const series = buildHeadCtSeries(phantom({ heightsMm: [-20, -16, -12, -5, 2, 9] }));
    expect(series.sliceExtentsMm.map(extent => Math.round(extent * 10) / 10)).toEqual([4, 4, 5.5, 7, 7, 7]);
    expect(series.warnings.map(({ code: found }) => found)).not.toContain('MISSING_SLICES');
  });

  test('whole values are kept where they were read to, within their limits, and others are rounded', () => {
    const read = phantom().map(instance => Int16Array.from(instance.readHu()));
    read[1][0] = -2000;
    const series = buildHeadCtSeries(
      edited(phantom(), (_, i) => ({
        readHu: () => (i === 2 ? Float32Array.from(read[i], hu => hu + 0.2) : read[i]),
      }))
    );
    expect(series.slices[0].hu).toBe(read[0]);
    expect(series.slices[1].hu[0]).toBe(-1024);
    expect(series.slices[2].hu).toEqual(read[2]);
  });
});

describe('what is tolerated', () => {
  test('a stray localizer and a screen capture are left out with a warning', () => {
    const [first] = phantom();
    const localizer = { ...first, sopInstanceUID: '9.1', imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] };
    const capture = { ...first, sopInstanceUID: '9.2', sopClassUID: '1.2.840.10008.5.1.4.1.1.7' };
    const series = buildHeadCtSeries([localizer, ...phantom(), capture]);
    expect(series.slices).toHaveLength(25);
    expect(series.warnings).toEqual([
      { code: 'MISSING_SLICES', message: expect.stringMatching(/^2 images that do not belong to this scan/) },
    ]);
  });

  test.each([
    [1, 'imagePositionPatient'],
    [2, 'imageOrientationPatient'],
    [1, 'pixelSpacing'],
  ] as const)('%s scouts without %s are left out with a warning', (count, attribute) => {
    const scouts = edited(phantom().slice(0, count), (_, i) => ({
      sopInstanceUID: `9.${i}`,
      instanceNumber: 0,
      [attribute]: undefined,
    }));
    const series = buildHeadCtSeries([...scouts, ...phantom()]);
    const { warnings, ...rest } = series;
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        new RegExp(`^${count} images that do not belong to this scan .* were left out\\.$`)
      ),
    ]);
    expect({ ...rest, warnings: [] }).toEqual(buildHeadCtSeries(phantom()));
    expect(chooseSeries([[...scouts, ...phantom()]])[0].refusal).toBeUndefined();
  });

  test('more images without a place than a scout or two are refused', () => {
    const scouts = edited(phantom().slice(0, 4), (_, i) => ({
      sopInstanceUID: `9.${i}`,
      imagePositionPatient: undefined,
    }));
    expect(code([...scouts, ...phantom()])).toBe('MISSING_GEOMETRY');
  });

  test('of two images of a plane the plain one with the soft kernel stays', () => {
    const doubled = phantom()
      .slice(10, 16)
      .flatMap(instance =>
        [
          { ...instance, sopInstanceUID: `${instance.sopInstanceUID}.1`, contrastBolusAgent: 'Omnipaque' },
          instance,
          { ...instance, sopInstanceUID: `${instance.sopInstanceUID}.2`, convolutionKernel: 'BONE' },
        ].slice(0, instance.instanceNumber === 12 ? 3 : 2)
      );
    const series = buildHeadCtSeries([...phantom().slice(0, 10), ...doubled, ...phantom().slice(16)]);
    expect(series.slices.map(({ sopInstanceUID }) => sopInstanceUID)).toEqual(
      phantom().map(i => i.sopInstanceUID)
    );
    expect(series.warnings).toEqual([]);
  });

  test.each([0.3, 2, 2.5])(
    'of two acquisitions %s mm apart only the plain one stays, and what the other shows beyond it',
    shift => {
      const plain = edited(phantom(), () => ({ acquisitionNumber: 2, sliceThickness: 5 }));
      const heightsMm = Array.from({ length: 27 }, (_, i) => -60 + 5 * i + shift);
      const contrast = edited(phantom({ heightsMm }), (_, i) => ({
        sopInstanceUID: `7.${i}`,
        acquisitionNumber: 1,
        contrastBolusAgent: 'Iohexol',
        sliceThickness: 5,
      }));
      const series = buildHeadCtSeries([...contrast, ...plain]);
      expect(series.slices.map(({ sopInstanceUID }) => sopInstanceUID)).toEqual([
        ...phantom().map(instance => instance.sopInstanceUID),
        '7.25',
        '7.26',
      ]);
    }
  );

  test("two acquisitions that fill each other's gaps are one stack", () => {
    const halves = edited(phantom(), (_, i) => ({ acquisitionNumber: i % 2, sliceThickness: 5 }));
    expect(buildHeadCtSeries(halves).slices).toHaveLength(25);
    const rotations = edited(phantom(), (_, i) => ({ acquisitionNumber: Math.floor(i / 4) }));
    expect(buildHeadCtSeries(rotations).slices).toHaveLength(25);
    // As the scanner of the real head CT did it: thin single slices, then pairs of thick ones, the first one
    // near the last.
    const seam = edited(phantom({ heightsMm: [-12, -8, -4, 0, 1, 8, 15, 22] }), (_, i) => ({
      acquisitionNumber: i < 4 ? i : 4 + Math.floor((i - 4) / 2),
      sliceThickness: i < 4 ? 4 : 7,
    }));
    expect(buildHeadCtSeries(seam).slices).toHaveLength(8);
  });

  test('the same file twice is one slice', () => {
    expect(buildHeadCtSeries([...phantom(), ...phantom()]).slices).toHaveLength(25);
  });

  test('a few images of another tilt are left out with a warning', () => {
    const strays = phantom({ tiltDeg: 15 })
      .slice(0, 3)
      .map((instance, i) => ({ ...instance, sopInstanceUID: `8.${i}` }));
    const series = buildHeadCtSeries([...phantom(), ...strays]);
    expect(series.slices).toHaveLength(25);
    expect(series.warnings.map(({ code: found }) => found)).toEqual(['MISSING_SLICES']);
  });

  test('blank air beyond the head is a slice like any other', () => {
    expect(buildHeadCtSeries(phantom({ heightsMm: [-100, -50, 0, 50, 100] })).slices).toHaveLength(5);
  });

  test('two slices are enough', () => {
    expect(buildHeadCtSeries(phantom({ heightsMm: [0, 30] })).sliceExtentsMm).toEqual([30, 30]);
  });
});

describe('warnings', () => {
  const codes = (instances: readonly CtInstance[]): string[] =>
    buildHeadCtSeries(instances).warnings.map(w => w.code);

  test('none for a plain series of 5 mm', () => expect(codes(phantom())).toEqual([]));

  test('a gap', () => {
    expect(codes(phantom().filter((_, i) => i !== 12))).toEqual(['MISSING_SLICES']);
  });

  test('thick slices, by distance or by tag', () => {
    expect(codes(phantom({ heightsMm: [-40, -30, -20, -10, 0, 10, 20, 30] }))).toEqual(['THICK_SLICES']);
    expect(codes(edited(phantom(), () => ({ sliceThickness: 10 })))).toEqual(['THICK_SLICES']);
  });

  test('a contrast agent, but not the word NONE', () => {
    expect(codes(edited(phantom(), () => ({ contrastBolusAgent: 'Ultravist 370' })))).toEqual([
      'CONTRAST_ENHANCED',
    ]);
    expect(codes(edited(phantom(), () => ({ contrastBolusAgent: 'NONE' })))).toEqual([]);
    expect(codes(edited(phantom(), () => ({ seriesDescription: 'Head CTA 0.6' })))).toEqual([
      'CONTRAST_ENHANCED',
    ]);
  });

  test('a sharp kernel, by name or by its noise', () => {
    expect(codes(edited(phantom(), () => ({ convolutionKernel: 'H70h' })))).toEqual(['SHARP_KERNEL']);
    expect(codes(phantom({ noiseHu: 30 }))).toEqual(['SHARP_KERNEL']);
    expect(codes(phantom({ noiseHu: 6 }))).toEqual([]);
  });
});

describe('refusals', () => {
  test('NOT_CT', () => {
    expect(
      code(edited(phantom(), () => ({ modality: 'MR', sopClassUID: '1.2.840.10008.5.1.4.1.1.4' })))
    ).toBe('NOT_CT');
    expect(code(edited(phantom(), () => ({ modality: undefined, sopClassUID: undefined })))).toBe('NOT_CT');
  });
  test('SECONDARY_CAPTURE', () => {
    expect(code(edited(phantom(), () => ({ sopClassUID: '1.2.840.10008.5.1.4.1.1.7' })))).toBe(
      'SECONDARY_CAPTURE'
    );
    for (const photometricInterpretation of ['PALETTE COLOR', 'RGB', 'YBR_FULL_422']) {
      expect(code(edited(phantom(), () => ({ photometricInterpretation })))).toBe('SECONDARY_CAPTURE');
    }
    expect(code(edited(phantom(), () => ({ samplesPerPixel: 3 })))).toBe('SECONDARY_CAPTURE');
    expect(code(edited(phantom(), () => ({ imageType: ['DERIVED', 'SECONDARY', 'DOSE_INFO'] })))).toBe(
      'SECONDARY_CAPTURE'
    );
  });
  test('LOCALIZER', () => {
    expect(code(edited(phantom(), () => ({ imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] })))).toBe(
      'LOCALIZER'
    );
  });
  test('NOT_AXIAL', () => {
    expect(code(phantom({ rowDirection: [1, 0, 0], columnDirection: [0, 0, -1] }))).toBe('NOT_AXIAL');
    expect(code(phantom({ rowDirection: [0, 1, 0], columnDirection: [0, 0, -1] }))).toBe('NOT_AXIAL');
  });
  test('TOO_FEW_SLICES', () => {
    expect(code([])).toBe('TOO_FEW_SLICES');
    expect(code(phantom().slice(12, 13))).toBe('TOO_FEW_SLICES');
    expect(refusalOf(() => buildHeadCtSeries(phantom().slice(10, 13), { minimumSlices: 4 }))?.code).toBe(
      'TOO_FEW_SLICES'
    );
  });
  test.each(['imagePositionPatient', 'imageOrientationPatient', 'pixelSpacing', 'rows'] as const)(
    'MISSING_GEOMETRY without %s, naming the slice',
    attribute => {
      const instances = edited(phantom(), (_, i) => (i === 4 ? { [attribute]: undefined } : {}));
      const refusal = refusalOf(() => buildHeadCtSeries(instances));
      expect(refusal?.code).toBe('MISSING_GEOMETRY');
      expect(refusal?.details.sopInstanceUID).toBe('1.2.3.5');
    }
  );
  test('INCONSISTENT_SERIES: two sizes, two orientations, two series, a dynamic series', () => {
    const half = (change: Partial<CtInstance>): CtInstance[] =>
      edited(phantom(), (_, i) => (i % 2 ? change : {}));
    expect(code(half({ rows: 32, columns: 128 }))).toBe('INCONSISTENT_SERIES');
    expect(code(half({ imageOrientationPatient: [1, 0, 0, 0, 0.9659, 0.2588] }))).toBe('INCONSISTENT_SERIES');
    expect(code(half({ seriesInstanceUID: '5.5' }))).toBe('INCONSISTENT_SERIES');
    const times = [1, 2, 3, 4].flatMap(time =>
      edited(phantom(), instance => ({
        sopInstanceUID: `${instance.sopInstanceUID}.${time}`,
        acquisitionNumber: time,
      }))
    );
    expect(code(times)).toBe('INCONSISTENT_SERIES');
  });
  test('CORRUPT_PIXELS: wrong length, unreadable, blank amid others', () => {
    const broken = (readHu: CtInstance['readHu']): CtInstance[] =>
      edited(phantom(), (_, i) => (i === 9 ? { readHu } : {}));
    const unreadable = (): never => {
      throw new Error('truncated');
    };
    expect(code(broken(() => new Int16Array(10)))).toBe('CORRUPT_PIXELS');
    expect(code(broken(unreadable))).toBe('CORRUPT_PIXELS');
    expect(code(broken(() => new Int16Array(64 * 64)))).toBe('CORRUPT_PIXELS');
    expect(refusalOf(() => buildHeadCtSeries(broken(unreadable)))?.details.sopInstanceUID).toBe('1.2.3.10');
  });
  test('CORRUPT_PIXELS: rescale left out, applied twice, or of the wrong slope', () => {
    const scaled = (change: (hu: number) => number): CtInstance[] =>
      edited(phantom({ noiseHu: 10 }), instance => ({
        readHu: () => Float32Array.from(instance.readHu(), change),
      }));
    expect(code(scaled(hu => hu + 1024))).toBe('CORRUPT_PIXELS');
    expect(code(scaled(hu => hu - 1024))).toBe('CORRUPT_PIXELS');
    expect(code(scaled(hu => hu / 2))).toBe('CORRUPT_PIXELS');
    expect(code(scaled(hu => hu))).toBeUndefined();
  });
});

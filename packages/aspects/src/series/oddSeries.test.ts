import { headPhantom, type PhantomOptions } from '../../testing/headPhantom';
import { refusalOf } from '../../testing/refusalOf';
import { buildHeadCtSeries } from './buildHeadCtSeries';
import type { CtInstance } from './ctInstance';
import type { HeadCtSeries, Vec3 } from './headCtSeries';
import { ctMetadataFrom } from './naturalisedMetadata';

/** Noise keeps neighbouring slices of the phantom from being equal, as in a scan. */
const phantom = (options: PhantomOptions = {}): CtInstance[] =>
  headPhantom({ size: 64, pixelSpacingMm: 3.75, noiseHu: 4, ...options });
const edited = (
  change: (instance: CtInstance, i: number, all: readonly CtInstance[]) => Partial<CtInstance>,
  options: PhantomOptions = {}
): CtInstance[] => phantom(options).map((instance, i, all) => ({ ...instance, ...change(instance, i, all) }));
/** Changes the attenuation of some slices. */
const repainted = (
  wanted: (i: number) => boolean,
  paint: (hu: number, pixel: number) => number,
  options: PhantomOptions = {}
): CtInstance[] =>
  edited(
    (instance, i) => (wanted(i) ? { readHu: () => Float32Array.from(instance.readHu(), paint) } : {}),
    options
  );
const code = (instances: readonly CtInstance[]): string | undefined =>
  refusalOf(() => buildHeadCtSeries(instances))?.code;
const warned = (instances: readonly CtInstance[]): string[] =>
  buildHeadCtSeries(instances).warnings.map(warning => warning.code);
const middle = (i: number): boolean => i === 12;

describe('slices that do not fit their neighbours are refused', () => {
  const air = (_: number, pixel: number): number => (pixel === 0 ? -999 : -1000);
  const noise = (_: number, pixel: number): number => 35 + ((pixel * 7919) % 11);

  test.each<readonly [string, readonly CtInstance[]]>([
    ['one without its rescale', repainted(middle, hu => hu + 1024)],
    [
      'three without their rescale',
      repainted(
        i => i > 10 && i < 14,
        hu => hu + 1024
      ),
    ],
    [
      'every second one without its rescale',
      repainted(
        i => i % 2 === 0,
        hu => hu + 1024
      ),
    ],
    ['one 40 HU too dark', repainted(middle, hu => hu - 40)],
    [
      'two 25 HU too bright',
      repainted(
        i => i === 12 || i === 13,
        hu => hu + 25
      ),
    ],
    [
      'half of the stack 40 HU too dark',
      repainted(
        i => i > 12,
        hu => hu - 40
      ),
    ],
    ['one of air but for a pixel', repainted(middle, air)],
    ['three of air', repainted(i => i > 10 && i < 14, air)],
    ['every second one noise', repainted(i => i % 2 === 1, noise)],
    ['one without bone', repainted(middle, hu => (hu > 300 ? 40 : hu))],
    ['a doubled slope in one', repainted(middle, hu => 2 * hu + 1000)],
  ])('%s', (_, instances) => {
    const refusal = refusalOf(() => buildHeadCtSeries(instances));
    expect(refusal?.code).toBe('HETEROGENEOUS_SLICES');
    expect(refusal?.details.slices).not.toEqual([]);
  });

  test('the slice is named', () => {
    const refusal = refusalOf(() => buildHeadCtSeries(repainted(middle, hu => hu - 30)));
    expect((refusal?.details.slices as string[])[0]).toBe('1.2.3.13');
    expect(refusal?.message).toContain('1.2.3.13: soft tissue differs by -30 HU');
  });

  test('slices in another order, or every second one from a head elsewhere', () => {
    const places = phantom().map(instance => instance.imagePositionPatient);
    expect(code(edited((_, i) => ({ imagePositionPatient: places[(i * 11) % 25] })))).toBe(
      'HETEROGENEOUS_SLICES'
    );
    const elsewhere = headPhantom({
      size: 64,
      pixelSpacingMm: 3.75,
      noiseHu: 4,
      yawDeg: 12,
      paint: (_, hu) => hu,
    }).map(instance => instance.readHu());
    const shifted = (hu: Int16Array): Int16Array => hu.map((_, pixel) => hu[pixel - 7 * 64] ?? -1000);
    expect(code(edited((_, i) => (i % 2 ? { readHu: () => shifted(elsewhere[i] as Int16Array) } : {})))).toBe(
      'HETEROGENEOUS_SLICES'
    );
  });

  test('Rescale Intercept absent in some instances, but not where absence changes nothing', () => {
    const tagged = { rescaleSlope: 1, rescaleIntercept: -1024 };
    expect(code(edited((_, i) => (i === 3 ? {} : tagged)))).toBe('HETEROGENEOUS_SLICES');
    expect(code(edited(() => tagged))).toBeUndefined();
    expect(code(edited((_, i) => (i === 3 ? {} : { rescaleSlope: 1, rescaleIntercept: 0 })))).toBeUndefined();
  });
});

describe('sound series are not refused', () => {
  const thinHeights = Array.from({ length: 80 }, (_, i) => -58 + 1.5 * i);
  test.each<readonly [string, PhantomOptions]>([
    ['a tilted gantry', { tiltDeg: 20 }],
    ['thin and noisy slices', { heightsMm: thinHeights, noiseHu: 15, tiltDeg: -12 }],
    [
      'thin below and thick above',
      { heightsMm: [-50, -46, -42, -38, -34, -30, -23, -16, -9, -2, 5, 12, 19, 26, 33, 40] },
    ],
    ['10 mm slices', { heightsMm: [-50, -40, -30, -20, -10, 0, 10, 20, 30, 40, 50, 60] }],
    [
      'half of the vault missing',
      { paint: ([x, , z]: Vec3, hu: number) => (hu > 300 && x < -12 && z > -10 ? 60 : hu) },
    ],
    ['a metal clip', { paint: ([x, y, z]: Vec3, hu: number) => (Math.hypot(x - 20, y, z) < 6 ? 3000 : hu) }],
    [
      'the brain alone, without skull base and vertex',
      { heightsMm: [-15, -10, -5, 0, 5, 10, 15, 20, 25, 30] },
    ],
  ])('%s', (_, options) => expect(code(phantom(options))).toBeUndefined());

  test('a part of the slices reconstructed about another centre, at their true positions', () => {
    const recentred = headPhantom({ size: 64, pixelSpacingMm: 3.75, noiseHu: 4 }).map((instance, i) => {
      const [x, y, z] = instance.imagePositionPatient as Vec3;
      const shifted = (hu: Int16Array): Int16Array =>
        hu.map((_, pixel) => (pixel % 64 < 59 ? hu[pixel + 5] : -1000));
      return i < 12
        ? instance
        : {
            ...instance,
            imagePositionPatient: [x + 5 * 3.75, y, z] as Vec3,
            readHu: () => shifted(instance.readHu() as Int16Array),
          };
    });
    expect(code(recentred)).toBeUndefined();
  });
});

describe('repeated images', () => {
  test('a copy in the same plane is left out with a warning, and changes nothing else', () => {
    const copy = (by: number) => (instance: CtInstance) => ({
      ...instance,
      sopInstanceUID: `${instance.sopInstanceUID}.1`,
      imagePositionPatient: (instance.imagePositionPatient as Vec3).map(
        (v, k) => v + (k === 2 ? by : 0)
      ) as never,
    });
    const once = buildHeadCtSeries(phantom());
    const twice = buildHeadCtSeries([...phantom(), ...phantom().map(copy(0.1))]);
    expect(twice.warnings.map(warning => warning.code)).toEqual(['REPEATED_SLICES']);
    expect({ ...twice, warnings: [] }).toEqual({ ...once, warnings: [] });
    expect(warned([...phantom(), copy(0.25)(phantom()[12])])).toEqual(['REPEATED_SLICES']);
  });

  test('a slice that is a copy of the one below is warned about', () => {
    expect(warned(edited((_, i, all) => (middle(i) ? { readHu: all[i - 1].readHu } : {})))).toContain(
      'REPEATED_SLICES'
    );
  });

  test.each<readonly [string, (i: number) => number]>([
    ['the same slice everywhere', () => 12],
    ['each slice twice', i => i - (i % 2)],
    ['a copy of a slice far away', i => (i === 16 ? 6 : i)],
  ])('%s is refused', (_, source) => {
    expect(code(edited((__, i, all) => ({ readHu: all[source(i)].readHu })))).toBe('HETEROGENEOUS_SLICES');
  });
});

describe('geometry that no head has is refused before a pixel is read', () => {
  const unread: Partial<CtInstance> = {
    readHu: () => {
      throw new Error('pixels were read');
    },
  };
  const at = (change: (position: Vec3, i: number) => Vec3, options: PhantomOptions = {}): CtInstance[] =>
    edited(
      (instance, i) => ({
        ...unread,
        imagePositionPatient: change(instance.imagePositionPatient as Vec3, i),
      }),
      options
    );

  test.each<readonly [string, readonly CtInstance[]]>([
    ['one position of 10 m', at(([x, y, z], i) => [middle(i) ? 1e4 : x, y, z])],
    ['one position of 100 m', at(([x, y, z], i) => [middle(i) ? 1e5 : x, y, z])],
    ['one position without end', at(([x, y, z], i) => [middle(i) ? 1e300 : x, y, z])],
    ['one slice half a metre to the side', at(([x, y, z], i) => [middle(i) ? x + 500 : x, y, z])],
    ['slices 100 mm apart', at(([x, y, z]) => [x, y, 20 * z], { heightsMm: [-50, -45, -40, -35] })],
    ['slices a kilometre apart, tilted', at(([x, y], i) => [x, y, i * 1e6], { tiltDeg: 18 })],
    ['pixels of 9.9 mm', edited(() => ({ ...unread, pixelSpacing: [9.9, 9.9] }))],
    ['a field of 16 mm', edited(() => ({ ...unread, pixelSpacing: [0.25, 0.25] }))],
    ['a field of 6 m', edited(() => ({ ...unread, rows: 2048, columns: 2048, pixelSpacing: [3, 3] }))],
  ])('%s', (_, instances) => {
    const before = process.cpuUsage();
    expect(code(instances)).toBe('IMPLAUSIBLE_GEOMETRY');
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
  });

  test('a head far from the origin, and a tilt that shears the stack, are sound', () => {
    expect(
      code(
        edited(instance => ({
          imagePositionPatient: (instance.imagePositionPatient as Vec3).map(
            (v, k) => v + [4000, -900, -1500][k]
          ) as never,
        }))
      )
    ).toBeUndefined();
    expect(
      code(phantom({ tiltDeg: 30, heightsMm: [-40, -30, -20, -10, 0, 10, 20, 30, 40] }))
    ).toBeUndefined();
  });
});

describe('gaps', () => {
  const heights = (...kept: readonly (readonly [number, number])[]): number[] =>
    kept.flatMap(([from, to]) => Array.from({ length: (to - from) / 5 + 1 }, (_, i) => from + 5 * i));
  const extents = (heightsMm: readonly number[], sliceThickness?: number): HeadCtSeries['sliceExtentsMm'] =>
    buildHeadCtSeries(edited(() => ({ sliceThickness }), { heightsMm })).sliceExtentsMm;

  test.each([undefined, 5])(
    'slices next to a gap stand for no more than the others (thickness %s mm)',
    thickness => {
      expect(extents(heights([-60, -10], [25, 60]), thickness)).toEqual(Array(19).fill(5));
      expect(extents([...heights([-60, 20]), ...heights([25, 60]).map(z => z + 30)], thickness)).toEqual(
        Array(25).fill(5)
      );
    }
  );

  test('thick slices reach as far as they are thick', () => {
    expect(extents([-40, -35, -30, -10, 10, 30], 20)).toEqual([5, 5, 12.5, 20, 20, 20]);
  });
});

test.each([5, 10, 14])('slices %s mm apart are told in order, and refused in disorder', distance => {
  const heightsMm = Array.from({ length: 9 }, (_, i) => distance * (i - 4));
  const order = [7, 0, 3, 8, 1, 5, 6, 2, 4];
  expect(code(phantom({ heightsMm }))).toBeUndefined();
  const shuffled = edited((_, i, all) => ({ imagePositionPatient: all[order[i]].imagePositionPatient }), {
    heightsMm,
  });
  expect(code(shuffled)).toBe('HETEROGENEOUS_SLICES');
});

describe('a rescale that is no number to scale with', () => {
  test.each<readonly [string, Record<string, unknown>]>([
    ['nan', { RescaleSlope: 'nan' }],
    ['NaN, as a host parses it', { RescaleSlope: NaN }],
    ['Infinity', { RescaleSlope: 'Infinity' }],
    ['a decimal comma', { RescaleSlope: '0,5' }],
    ['a slope of 0', { RescaleSlope: 0 }],
    ['an intercept in words', { RescaleSlope: 1, RescaleIntercept: 'none' }],
    ['two slopes', { RescaleSlope: [1, 2] }],
  ])('%s is refused, in one slice or in all', (_, attributes) => {
    const { rescaleSlope, rescaleIntercept } = ctMetadataFrom(attributes);
    expect(code(edited(() => ({ rescaleSlope, rescaleIntercept })))).toBe('CORRUPT_PIXELS');
    const one = edited((_instance, i) =>
      middle(i) ? { rescaleSlope, rescaleIntercept } : { rescaleSlope: 1, rescaleIntercept: 0 }
    );
    const refusal = refusalOf(() => buildHeadCtSeries(one));
    expect(refusal?.code).toBe('CORRUPT_PIXELS');
    expect(refusal?.details.slices).toEqual(['1.2.3.13']);
  });

  test.each([
    {},
    { RescaleSlope: '', RescaleIntercept: null },
    { RescaleSlope: [null] },
    { RescaleSlope: [] },
  ])('%j is a rescale that is absent', attributes => {
    const { rescaleSlope, rescaleIntercept } = ctMetadataFrom(attributes);
    expect([rescaleSlope, rescaleIntercept]).toEqual([undefined, undefined]);
  });
});

describe('what is not a plain CT in Hounsfield units', () => {
  const all = (change: Partial<CtInstance>): readonly CtInstance[] => edited(() => change);

  test.each(['ED', 'Z_EFF', 'MGML', 'PCT'])('Rescale Type %s is refused', rescaleType => {
    expect(code(all({ rescaleType }))).toBe('NOT_CT');
  });

  test.each(['HU', 'US', ' hu ', 'Hounsfield Units', undefined])(
    'Rescale Type %s is accepted',
    rescaleType => {
      expect(warned(all({ rescaleType }))).toEqual([]);
    }
  );

  test.each<readonly [string, Partial<CtInstance>]>([
    ['LOSSY_COMPRESSION', { isLossy: true }],
    ...[2, 3, 12].map(
      rescaleSlope => ['LOSSY_COMPRESSION', { rescaleSlope, rescaleIntercept: -1024 }] as const
    ),
    ['NOT_PLAIN_CT', { seriesDescription: '40 keV GSI' }],
    ['NOT_PLAIN_CT', { seriesDescription: 'Head_VNC 5.0' }],
    ['NOT_PLAIN_CT', { seriesDescription: 'Iodine map' }],
    ['NOT_PLAIN_CT', { rescaleType: 'HU_MOD' }],
    ['CONTRAST_ENHANCED', { seriesDescription: 'ENCEPHALE IV+ INJECTE 5mm' }],
    ['CONTRAST_ENHANCED', { seriesDescription: 'CRANEO CON CONTRASTE' }],
    ['CONTRAST_ENHANCED', { seriesDescription: '頭部造影' }],
    ['CONTRAST_ENHANCED', { seriesDescription: 'CABECA C/ CONTRASTE' }],
    ['CONTRAST_ENHANCED', { seriesDescription: 'Head post gad' }],
    ['NOT_PLAIN_CT', { seriesDescription: 'Rho/Z 1.0' }],
    ['CONTRAST_ENHANCED', { seriesDescription: 'Schädel_KM 5.0' }],
    ['CONTRAST_ENHANCED', { seriesDescription: 'BEYIN KONTRASTLI' }],
    ['CONTRAST_ENHANCED', { seriesDescription: 'Kopf venöse Phase' }],
    ['NOT_PLAIN_CT', { seriesDescription: 'Head MIP 5mm' }],
    ['NOT_PLAIN_CT', { imageType: ['DERIVED', 'SECONDARY', 'MINIP'] }],
    ['NOT_PLAIN_CT', { imageType: ['DERIVED', 'PRIMARY', 'PERFUSION', 'CBF'] }],
    ['NOT_PLAIN_CT', { imageType: ['DERIVED', 'PRIMARY', 'AXIAL', 'CT_SOM7 MONO'] }],
    ['NOT_PLAIN_CT', { imageType: ['DERIVED', 'PRIMARY', 'VOLUME', 'MAT_REMOVED'] }],
  ])('%s: %j', (warning, change) => expect(warned(all(change))).toEqual([warning]));

  test.each([
    'CRANE SANS INJECTION',
    'Encéphale non injecté 5mm',
    'CRANEO SIN CONTRASTE',
    'Schädel ohne KM',
    'GLOWA BEZ KONTRASTU',
    'BEYIN KONTRASTSIZ',
    'Head without contrast',
    'Head 5.0 H30s',
  ])('%s is plain', seriesDescription => expect(warned(all({ seriesDescription }))).toEqual([]));

  test.each<readonly [string, Record<string, unknown>]>([
    ['CONTRAST_ENHANCED', { ContrastBolusVolume: 80 }],
    ['LOSSY_COMPRESSION', { LossyImageCompressionRatio: '12' }],
    ['LOSSY_COMPRESSION', { LossyImageCompression: '01' }],
  ])('%s: %j', (warning, attributes) => {
    const { contrastBolusAgent, isLossy } = ctMetadataFrom(attributes);
    expect(warned(all({ contrastBolusAgent, isLossy }))).toEqual([warning]);
  });

  test('neither a volume of 0 nor a ratio of 1 says anything', () => {
    const plain = ctMetadataFrom({ ContrastBolusVolume: 0, LossyImageCompressionRatio: 1 });
    expect([plain.contrastBolusAgent, plain.isLossy]).toEqual([undefined, false]);
  });

  test('images of two patients in one series are refused, and neither is named', () => {
    const refusal = refusalOf(() =>
      buildHeadCtSeries(edited((_, i) => ({ patientID: i < 12 ? 'A-17' : 'B-4' })))
    );
    expect(refusal?.code).toBe('INCONSISTENT_SERIES');
    expect(JSON.stringify([refusal?.message, refusal?.details])).not.toMatch(/A-17|B-4/);
    expect(code(edited((_, i) => ({ patientID: i < 12 ? 'A-17' : ' A-17 ' })))).toBeUndefined();
    expect(code(edited((_, i) => ({ patientID: i < 12 ? 'A-17' : undefined })))).toBeUndefined();
  });

  test('of two whole acquisitions the earlier stays, though the later has an image more', () => {
    const second = edited((instance, i) => ({
      sopInstanceUID: `7.${i}`,
      acquisitionNumber: 2,
      readHu: () => Float32Array.from(instance.readHu(), hu => (hu > 20 && hu < 60 ? hu + 6 : hu)),
    }));
    const first = edited(() => ({ acquisitionNumber: 1 })).slice(1);
    const kept = buildHeadCtSeries([...second, ...first]).slices.map(({ sopInstanceUID }) => sopInstanceUID);
    expect(kept.filter(uid => uid.startsWith('7.'))).toEqual(['7.0']);
  });
});

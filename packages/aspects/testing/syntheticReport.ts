import type { LabelMaps } from '../src/base/labelMaps';
import type { AspectsResult, HemisphereResult, RegionResult } from '../src/scoring/aspects/aspectsResult';
import { ASPECTS_REGIONS, segmentIndexOf, type RegionId, type Side } from '../src/scoring/aspects/regions';
import { summariseSeries } from '../src/scoring/aspects/summariseSeries';
import type { Vec3 } from '../src/series/headCtSeries';
import { headwardNormal, tiltOfNormal } from '../src/series/sliceGeometry';
import type { ReportInput, ReportSeries } from '../src/report/types';
import { hemisphereOf, WITHOUT_EVIDENCE } from './hemisphereOf';

/** Reports on made-up series: every number here is synthetic. */

export interface SeriesShape {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly pixelSpacingMm: readonly [number, number];
  readonly rowDirection: Vec3;
  readonly columnDirection: Vec3;
  /** Distances along the normal from the most caudal plane, mm. */
  readonly planeOffsetsMm: readonly number[];
  /** Direction in which the table moves: differs from the normal where the gantry is tilted. */
  readonly travel: Vec3;
  /** Of a series of frames: instance and number in it of each plane. */
  readonly frames?: readonly (readonly [instance: number, frame: number])[];
}

const TILT = (18.5 * Math.PI) / 180;

/** Four to seven millimetres, as an older sequential scanner covers posterior fossa and cerebrum. */
export const TILTED_UNEVEN: SeriesShape = {
  name: 'tilted, unevenly spaced',
  rows: 46,
  columns: 37,
  pixelSpacingMm: [4.8828125, 5.125],
  rowDirection: [1, 0, 0],
  columnDirection: [0, Math.cos(TILT), -Math.sin(TILT)],
  planeOffsetsMm: [0, 4.002, 8.004, 12.006, 13.087, 20.086, 27.085, 34.084, 41.083],
  travel: [0, 0, 1 / Math.cos(TILT)],
};

/** The gantry leans the other way. */
export const TILTED_OTHER_WAY: SeriesShape = {
  ...TILTED_UNEVEN,
  name: 'tilted the other way',
  columnDirection: [0, Math.cos(TILT), Math.sin(TILT)],
};

export const FEET_FIRST: SeriesShape = {
  ...TILTED_UNEVEN,
  name: 'feet first',
  rowDirection: [-1, 0, 0],
  columnDirection: [0, 1, 0],
  planeOffsetsMm: [0, 5, 10, 15, 20, 25, 30, 35],
  travel: [0, 0, 1],
};

export const PRONE: SeriesShape = {
  ...FEET_FIRST,
  name: 'prone',
  rowDirection: [-1, 0, 0],
  columnDirection: [0, -1, 0],
};

export const THIN: SeriesShape = {
  ...FEET_FIRST,
  name: '1 mm',
  rowDirection: [1, 0, 0],
  planeOffsetsMm: Array.from({ length: 24 }, (_, index) => index),
};

/** One Enhanced CT, stored from cranial to caudal, its first frame a localizer. */
export const ENHANCED: SeriesShape = {
  ...TILTED_UNEVEN,
  name: 'multi-frame',
  frames: TILTED_UNEVEN.planeOffsetsMm.map((_, plane) => [
    900,
    TILTED_UNEVEN.planeOffsetsMm.length - plane + 1,
  ]),
};

/** Two Enhanced CTs, every second plane in the other one: a frame's number alone says nothing. */
export const ENHANCED_IN_TWO: SeriesShape = {
  ...FEET_FIRST,
  name: 'multi-frame, in two instances',
  frames: FEET_FIRST.planeOffsetsMm.map((_, plane) => [900 + (plane % 2), 1 + (plane >> 1)]),
};

export const SHAPES: readonly SeriesShape[] = [
  TILTED_UNEVEN,
  TILTED_OTHER_WAY,
  FEET_FIRST,
  PRONE,
  THIN,
  ENHANCED,
  ENHANCED_IN_TWO,
];

export function syntheticSeries(shape: SeriesShape): ReportSeries {
  return {
    studyInstanceUID: '1.2.826.0.1.3680043.10.1.1',
    seriesInstanceUID: '1.2.826.0.1.3680043.10.1.1.2',
    frameOfReferenceUID: '1.2.826.0.1.3680043.10.1.1.3',
    rows: shape.rows,
    columns: shape.columns,
    pixelSpacingMm: shape.pixelSpacingMm,
    rowDirection: shape.rowDirection,
    columnDirection: shape.columnDirection,
    planeOffsetsMm: shape.planeOffsetsMm,
    gantryTiltDeg: tiltOfNormal(headwardNormal(shape.rowDirection, shape.columnDirection)),
    slices: shape.planeOffsetsMm.map((offset, index) => ({
      sopInstanceUID: `1.2.826.0.1.3680043.10.1.1.2.${shape.frames?.[index].join('#') ?? index + 1}`,
      ...(shape.frames && { sopClassUID: '1.2.840.10008.5.1.4.1.1.2.1' }),
      position: [
        -120.25 + offset * shape.travel[0],
        -118.5 + offset * shape.travel[1],
        5.836 + offset * shape.travel[2],
      ],
    })),
  };
}

/** Small repeatable random numbers, 0-1. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Ragged masks: every region of both sides except M3 right (not found), in the middle slices; an infarct
 * that overlaps M1 and the insula on the left and reaches beyond the regions.
 */
export function syntheticMasks(series: ReportSeries, seed = 7): LabelMaps {
  const random = randomNumbers(seed);
  const { rows, columns, slices } = series;
  const first = Math.floor(slices.length * 0.3);
  // Few slices: a validator's time grows with the square of the frames.
  const last = Math.min(Math.ceil(slices.length * 0.8), first + 6);
  const planes = () => slices.map(() => new Uint8Array(rows * columns));
  const masks = { regions: planes(), infarct: planes() };
  for (let slice = first; slice < last; slice++) {
    for (let row = 4; row < rows - 4; row++) {
      for (let column = 2; column < columns - 2; column++) {
        const side: Side = column < columns / 2 ? 'right' : 'left';
        const region = ASPECTS_REGIONS[Math.floor(((row - 4) / (rows - 8)) * ASPECTS_REGIONS.length)].id;
        const pixel = row * columns + column;
        if (random() < 0.8 && !(region === 'M3' && side === 'right')) {
          masks.regions[slice][pixel] = segmentIndexOf(region, side);
        }
        if (side === 'left' && (region === 'M1' || region === 'I') && random() < 0.7) {
          masks.infarct[slice][pixel] = 1;
        }
      }
    }
  }
  return masks;
}

interface RegionVoxels {
  volumeMl: number;
  infarctMl: number;
  keySlice: string | null;
}

function regionVoxels(series: ReportSeries, masks: LabelMaps, id: RegionId, side: Side): RegionVoxels {
  const voxelMl = (series.pixelSpacingMm[0] * series.pixelSpacingMm[1] * 4.7) / 1000;
  const segment = segmentIndexOf(id, side);
  const found: RegionVoxels = { volumeMl: 0, infarctMl: 0, keySlice: null };
  masks.regions.forEach((plane, slice) =>
    plane.forEach((value, pixel) => {
      if (value === segment) {
        found.volumeMl += voxelMl;
        found.infarctMl += masks.infarct[slice][pixel] ? voxelMl : 0;
        found.keySlice ??= series.slices[slice].sopInstanceUID;
      }
    })
  );
  return found;
}

function hemisphere(series: ReportSeries, masks: LabelMaps, side: Side): HemisphereResult {
  const regions = ASPECTS_REGIONS.map(({ id, level }, index): RegionResult => {
    const voxels = regionVoxels(series, masks, id, side);
    const modelAffected = voxels.infarctMl > 0;
    // The reader takes M1 back and adds M4, both on the left.
    const corrected = side === 'left' && (id === 'M1' || id === 'M4');
    return {
      id,
      level,
      ...voxels,
      infarctFraction: voxels.volumeMl > 0 ? voxels.infarctMl / voxels.volumeMl : 0,
      meanHu: voxels.volumeMl > 0 ? 30 + index / 3 : null,
      contralateralMeanHu: id === 'M3' && side === 'left' ? null : 31 + index / 7,
      affected: corrected ? !modelAffected : modelAffected,
      source: corrected ? 'reader' : 'model',
      modelAffected,
      ...WITHOUT_EVIDENCE,
    };
  });
  return hemisphereOf(regions);
}

export function syntheticResult(series: ReportSeries, masks: LabelMaps): AspectsResult {
  const left = hemisphere(series, masks, 'left');
  const right = hemisphere(series, masks, 'right');
  const score = Math.min(left.score, right.score);
  const mcaMl = left.regions.reduce((sum, region) => sum + region.infarctMl, 0);
  return {
    schemaVersion: '1.1',
    createdAt: '2026-03-04T05:06:07.089Z',
    software: { name: 'Deep-ASPECTS', version: '0.1.0' },
    series: summariseSeries(series),
    models: [
      {
        task: 'anatomy',
        name: 'deep-aspects-anatomy',
        version: '1.0.0',
        architecture: 'U-Net',
        sha256: 'a1'.repeat(32),
      },
      {
        task: 'infarct',
        name: 'deep-aspects-infarct',
        version: '1.0.0',
        architecture: 'U-Net',
        sha256: 'b2'.repeat(32),
      },
    ],
    runtime: {
      provider: 'webgpu',
      adapter: 'synthetic adapter',
      precision: 'fp16',
      timingsMs: {
        load: 1.5,
        preprocess: 2.25,
        anatomy: 3,
        infarct: 4,
        postprocess: 5,
        score: 6,
        total: 21.75,
      },
    },
    score,
    affectedSide: score === 10 ? 'none' : left.score < right.score ? 'left' : 'right',
    bin: score <= 3 ? 'A' : score <= 7 ? 'B' : 'C',
    hemispheres: { left, right },
    infarct: {
      volumeMl: mcaMl + 1.234567890123,
      leftMl: mcaMl + 1.234567890123,
      rightMl: 0,
      mcaMl,
      fractionOfMca: 1 / 7,
      outsideMcaMl: 1.234567890123,
    },
    oldInfarct: null,
    haemorrhage: { volumeMl: 0, hyperdenseMl: 0, suspected: false, keySlice: null },
    rule: 'overlap',
    levels: {
      ganglionic: series.slices.slice(3, 5).map(slice => slice.sopInstanceUID),
      supraganglionic: series.slices.slice(5, 7).map(slice => slice.sopInstanceUID),
    },
    warnings: [{ code: 'MISSING_SLICES', message: 'Slices are unevenly spaced: 1.1 to 7.0 mm.' }],
  };
}

/** A whole report with a patient whose name needs more than ASCII. */
export function syntheticReport(
  shape: SeriesShape = TILTED_UNEVEN,
  overrides: Partial<ReportInput> = {}
): ReportInput {
  const series = syntheticSeries(shape);
  const masks = syntheticMasks(series);
  return {
    series,
    ...masks,
    result: syntheticResult(series, masks),
    source: {
      PatientName: 'Müßig^Søren',
      PatientID: 'SYN-1',
      PatientBirthDate: '19500102',
      PatientSex: 'O',
      StudyDate: '20260304',
      StudyTime: '050000',
      AccessionNumber: 'A1',
      StudyID: '1',
      StudyDescription: 'Synthetic head CT',
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      SliceThickness: '4.0',
      BodyPartExamined: 'HEAD',
      PositionReferenceIndicator: 'OM',
      TimezoneOffsetFromUTC: '+0200',
    },
    ...overrides,
  };
}

/** The same series with neither region nor infarct anywhere. */
export function emptyMasks(series: ReportSeries): LabelMaps {
  const planes = () => series.slices.map(() => new Uint8Array(series.rows * series.columns));
  return { regions: planes(), infarct: planes() };
}

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDicom, type DataSet } from 'dicom-parser';
import {
  type ReportSeries,
  type SourceAttributes,
  sourceAttributesOfPart10,
} from '@deep-aspects/aspects/report';

const SHARED_GROUPS = 'x52009229';
const FRAME_GROUPS = 'x52009230';
const PIXEL_MEASURES = 'x00289110';
const PLANE_ORIENTATION = 'x00209116';
const PLANE_POSITION = 'x00209113';

type Vec3 = [number, number, number];

/**
 * Geometry and attributes of a folder of CT slices or frames, read for tests: sorted along the slice
 * normal.
 */
export function readSourceSeries(folder: string): { series: ReportSeries; source: SourceAttributes } {
  const files = readdirSync(folder)
    .filter(name => name.endsWith('.dcm'))
    .map(name => readFileSync(path.join(folder, name)));
  const slices = files.map(file => parseDicom(new Uint8Array(file), { untilTag: 'x7fe00010' }));
  const [head] = slices;
  const shared = itemOf(head, SHARED_GROUPS);
  const measures = itemOf(shared, PIXEL_MEASURES) ?? head;
  const [rowDirection, columnDirection] = orientationOf(itemOf(shared, PLANE_ORIENTATION) ?? head);
  const normal = normalOf(rowDirection, columnDirection);
  const sorted = slices
    .flatMap(planesOf)
    .map(slice => ({
      ...slice,
      offset: slice.position.reduce((sum, value, axis) => sum + value * normal[axis], 0),
    }))
    .sort((a, b) => a.offset - b.offset);
  const series: ReportSeries = {
    studyInstanceUID: head.string('x0020000d') ?? '',
    seriesInstanceUID: head.string('x0020000e') ?? '',
    frameOfReferenceUID: head.string('x00200052'),
    rows: head.uint16('x00280010') ?? 0,
    columns: head.uint16('x00280011') ?? 0,
    pixelSpacingMm: numbersOf(measures, 'x00280030') as [number, number],
    rowDirection,
    columnDirection,
    planeOffsetsMm: sorted.map(slice => slice.offset),
    gantryTiltDeg: (Math.atan2(normal[1], normal[2]) * 180) / Math.PI,
    slices: sorted,
  };
  const first = files[0];
  const bytes = first.buffer.slice(first.byteOffset, first.byteOffset + first.byteLength) as ArrayBuffer;
  return { series, source: sourceAttributesOfPart10(bytes) };
}

function itemOf(dataSet: DataSet | undefined, sequence: string): DataSet | undefined {
  return dataSet?.elements[sequence]?.items?.[0]?.dataSet;
}

/**
 * The slice of a classic instance, or each frame of a multi-frame one under the name that results give
 * it.
 */
function planesOf(instance: DataSet): { sopInstanceUID: string; sopClassUID?: string; position: Vec3 }[] {
  const uid = instance.string('x00080018') ?? '';
  const frames = instance.elements[FRAME_GROUPS]?.items;
  if (!frames) {
    return [{ sopInstanceUID: uid, position: numbersOf(instance, 'x00200032') as Vec3 }];
  }
  return frames.map(({ dataSet }, index) => ({
    sopInstanceUID: `${uid}#${index + 1}`,
    sopClassUID: instance.string('x00080016'),
    position: numbersOf(itemOf(dataSet, PLANE_POSITION) as DataSet, 'x00200032') as Vec3,
  }));
}

function numbersOf(slice: DataSet, tag: string): number[] {
  return (slice.string(tag) ?? '').split('\\').map(Number);
}

function orientationOf(slice: DataSet): [Vec3, Vec3] {
  const values = numbersOf(slice, 'x00200037');
  return [values.slice(0, 3) as Vec3, values.slice(3, 6) as Vec3];
}

/** Towards the head. */
function normalOf(row: Vec3, column: Vec3): Vec3 {
  const cross: Vec3 = [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ];
  return cross[2] < 0 ? (cross.map(value => -value) as Vec3) : cross;
}

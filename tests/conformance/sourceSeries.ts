import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDicom, type DataSet } from 'dicom-parser';
import {
  type ReportSeries,
  type SourceAttributes,
  sourceAttributesOfPart10,
} from '@deep-aspects/aspects/report';

type Vec3 = [number, number, number];

/** Geometry and attributes of a folder of CT slices, read for tests: sorted along the slice normal. */
export function readSourceSeries(folder: string): { series: ReportSeries; source: SourceAttributes } {
  const files = readdirSync(folder)
    .filter(name => name.endsWith('.dcm'))
    .map(name => readFileSync(path.join(folder, name)));
  const slices = files.map(file => parseDicom(new Uint8Array(file), { untilTag: 'x7fe00010' }));
  const [rowDirection, columnDirection] = orientationOf(slices[0]);
  const normal = normalOf(rowDirection, columnDirection);
  const sorted = slices
    .map(slice => ({
      sopInstanceUID: slice.string('x00080018') ?? '',
      position: numbersOf(slice, 'x00200032') as Vec3,
    }))
    .map(slice => ({
      ...slice,
      offset: slice.position.reduce((sum, value, axis) => sum + value * normal[axis], 0),
    }))
    .sort((a, b) => a.offset - b.offset);
  const series: ReportSeries = {
    studyInstanceUID: slices[0].string('x0020000d') ?? '',
    seriesInstanceUID: slices[0].string('x0020000e') ?? '',
    frameOfReferenceUID: slices[0].string('x00200052'),
    rows: slices[0].uint16('x00280010') ?? 0,
    columns: slices[0].uint16('x00280011') ?? 0,
    pixelSpacingMm: numbersOf(slices[0], 'x00280030') as [number, number],
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

import type { DataSet } from 'dicom-parser';
import { ASPECTS_REGIONS, type NetworkTask } from '@deep-aspects/aspects/scoring';
import { dot, type HeadCtSeries } from '@deep-aspects/aspects/series';
import { readDicomFile } from './dicomFile';
import { EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN } from './transferSyntax';

const SEGMENTATION_STORAGE = '1.2.840.10008.5.1.4.1.1.66.4';
/** A frame belongs to the slice whose plane is nearer than this, mm. */
const SAME_PLANE_MM = 0.1;

/**
 * Labels of a DICOM SEG (binary, uncompressed, on the CT's own pixels) on the slices of a series: class ids
 * 1-10 (anatomy) or 0/1 (infarct).
 *
 * An infarct segment is one whose label or property type says "infarct", or the only segment there is. A
 * region's segment has the region's id or name as its label, with or without a side: `M1`, `Caudate (L)`,
 * `insula right`.
 *
 * @returns one plane a slice
 * @throws Error that says what is wrong with the file
 */
export function readSegLabels(path: string, task: NetworkTask, series: HeadCtSeries): Uint8Array[] {
  const opened = readDicomFile(path);
  if (!opened || opened.dataSet.string('x00080016')?.trim() !== SEGMENTATION_STORAGE) {
    throw new Error(`${path} is not a DICOM segmentation (SEG)`);
  }
  const { dataSet, transferSyntaxUID } = opened;
  checkForm(path, dataSet, transferSyntaxUID, series);
  const values = segmentValues(path, dataSet, task);
  const pixels = series.rows * series.columns;
  const planes = series.slices.map(() => new Uint8Array(pixels));
  const { dataOffset, length } = dataSet.elements.x7fe00010;
  const frames = itemsOf(dataSet, 'x52009230');
  if (length * 8 < frames.length * pixels) {
    throw new Error(`${path} has fewer pixels than its ${frames.length} frames need`);
  }
  frames.forEach((frame, number) => {
    const value = values.get(itemsOf(frame, 'x0062000a')[0]?.uint16('x0062000b') ?? 0);
    const slice = value === undefined ? -1 : sliceOf(path, frame, series);
    for (let pixel = 0; slice >= 0 && pixel < pixels; pixel++) {
      const bit = number * pixels + pixel;
      if ((dataSet.byteArray[dataOffset + (bit >> 3)] >> (bit & 7)) & 1) {
        planes[slice][pixel] = value as number;
      }
    }
  });
  return planes;
}

function checkForm(path: string, dataSet: DataSet, transferSyntaxUID: string, series: HeadCtSeries): void {
  const type = dataSet.string('x00620001')?.trim();
  const plain = transferSyntaxUID === EXPLICIT_LITTLE_ENDIAN || transferSyntaxUID === IMPLICIT_LITTLE_ENDIAN;
  if (type !== 'BINARY' || !plain) {
    throw new Error(
      `${path} is a ${type ?? 'nameless'} segmentation, transfer syntax ${transferSyntaxUID}: store it as BINARY, uncompressed`
    );
  }
  if (
    dataSet.uint16('x00280010') !== series.rows ||
    dataSet.uint16('x00280011') !== series.columns ||
    !dataSet.elements.x7fe00010
  ) {
    throw new Error(`${path} is not on the CT's own ${series.columns} x ${series.rows} pixels`);
  }
}

/** Segment number to label value, of the segments that the task is about. */
function segmentValues(path: string, dataSet: DataSet, task: NetworkTask): Map<number, number> {
  const segments = itemsOf(dataSet, 'x00620002').map(segment => ({
    number: segment.uint16('x00620004') ?? 0,
    label: segment.string('x00620005')?.trim() ?? '',
    type: itemsOf(segment, 'x0062000f')[0]?.string('x00080104')?.trim() ?? '',
  }));
  const values = new Map<number, number>();
  for (const { number, label, type } of segments) {
    const value =
      task === 'anatomy'
        ? regionNumber(label)
        : Number(/infarct/i.test(`${label} ${type}`) || segments.length === 1);
    if (value > 0) {
      values.set(number, value);
    }
  }
  if (values.size === 0) {
    const labels = segments.map(({ label }) => label).join(', ');
    throw new Error(`${path} has no segment for ${task}, only: ${labels}`);
  }
  return values;
}

/** 1-10; 0 for a label that names no region. */
function regionNumber(label: string): number {
  const name = label
    .replace(/[\s_-]*\(?\b(l|r|left|right)\)?\s*$/i, '')
    .trim()
    .toLowerCase();
  // "L" alone is the lentiform nucleus, not a side.
  const wanted = name || label.trim().toLowerCase();
  return (
    ASPECTS_REGIONS.findIndex(region =>
      [region.id.toLowerCase(), region.name.toLowerCase()].includes(wanted)
    ) + 1
  );
}

/** Index of the slice that a frame names or lies on. */
function sliceOf(path: string, frame: DataSet, series: HeadCtSeries): number {
  const derivation = itemsOf(frame, 'x00089124')[0];
  const source = derivation && itemsOf(derivation, 'x00082112')[0]?.string('x00081155')?.trim();
  const named = series.slices.findIndex(({ sopInstanceUID }) => sopInstanceUID === source);
  if (named >= 0) {
    return named;
  }
  const place = itemsOf(frame, 'x00209113')[0]?.string('x00200032')?.split('\\').map(Number) ?? [];
  const offset = place.length === 3 ? dot(place as [number, number, number], series.normal) : NaN;
  const nearest = series.planeOffsetsMm.findIndex(plane => Math.abs(plane - offset) < SAME_PLANE_MM);
  if (nearest < 0) {
    throw new Error(`${path} has a frame that lies on no slice of the CT series ${series.seriesInstanceUID}`);
  }
  return nearest;
}

function itemsOf(dataSet: DataSet, tag: string): DataSet[] {
  return (dataSet.elements[tag]?.items ?? []).flatMap(({ dataSet: item }) => (item ? [item] : []));
}

import { MAX_FRAGMENTS, MAX_FRAMES } from '../limits';
import { NotDicomError } from './notDicomError';
import type { Part10 } from './openPart10';

/** Bytes of a file from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the frames of an instance are in its file, or in the inflated form of a deflated one. */
export type FrameTable =
  /**
   * Uncompressed: `count` frames of `frameBits` each, one after the other without a gap, even within a byte.
   */
  | { readonly form: 'native'; readonly pixels: Span; readonly frameBits: number; readonly count: number }
  /** Compressed: each frame is what its fragments hold together (PS3.5 A.4). */
  | { readonly form: 'encapsulated'; readonly frames: readonly (readonly Span[])[] };

const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xe000fffe;
const SEQUENCE_END = 0xe0ddfffe;
/** How JPEG and JPEG-LS, and JPEG 2000, begin. */
const STREAM_STARTS = new Set([0xffd8, 0xff4f]);

/**
 * Undefined where the instance has no pixels. Throws `NotDicomError` where pixels are missing, cut off or of
 * an impossible size.
 */
export function locateFrames(part10: Part10): FrameTable | undefined {
  const { dataSet, pixels } = part10;
  const count = frameCount(dataSet.string('x00280008'));
  if (!pixels) {
    const elsewhere = dataSet.elements.x7fe00008 ?? dataSet.elements.x7fe00009;
    if (dataSet.uint16('x00280010') && !elsewhere) {
      throw new NotDicomError('damaged DICOM file: an image without Pixel Data');
    }
    return undefined;
  }
  return pixels.length === UNDEFINED_LENGTH ? encapsulated(part10, count) : native(part10, count);
}

function native({ dataSet, pixels, bytes }: Part10, count: number): FrameTable {
  const { dataOffset: start = 0, length = 0 } = pixels ?? {};
  const rows = dataSet.uint16('x00280010') ?? 0;
  const columns = dataSet.uint16('x00280011') ?? 0;
  const bits = dataSet.uint16('x00280100') ?? 0;
  // Uncompressed 4:2:2 colour shares its two colour differences between two pixels (PS3.3 C.7.6.3.1.2).
  const shared = /422/.test(dataSet.string('x00280004') ?? '');
  const samples = shared ? 2 : (dataSet.uint16('x00280002') ?? 1);
  const frameBits = rows * columns * samples * bits;
  const needed = Math.ceil((frameBits * count) / 8);
  if (start + length > bytes.length || needed > length) {
    const present = Math.min(length, bytes.length - start);
    throw new NotDicomError(
      `damaged DICOM file: its pixels end after ${present} of ${Math.max(length, needed)} bytes`
    );
  }
  return { form: 'native', pixels: { start, end: start + length }, frameBits, count: frameBits ? count : 0 };
}

function frameCount(numberOfFrames: string | undefined): number {
  const count = numberOfFrames ? Number(numberOfFrames) : 1;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new NotDicomError(`damaged DICOM file: Number of Frames is "${numberOfFrames}"`);
  }
  if (count > MAX_FRAMES) {
    throw new NotDicomError(`it says to have ${count} frames; this store takes ${MAX_FRAMES}`);
  }
  return count;
}

function encapsulated({ pixels, bytes }: Part10, count: number): FrameTable {
  const [offsets, ...fragments] = readItems(bytes, pixels?.dataOffset ?? 0);
  if (!fragments.length) {
    throw new NotDicomError('damaged DICOM file: Pixel Data without a fragment');
  }
  const firsts = firstFragments(count, bytes, offsets, fragments);
  if (firsts.length !== count) {
    throw new NotDicomError(
      `its ${fragments.length} fragments cannot be told apart as ${count} frames: the offset table is missing or wrong`
    );
  }
  return {
    form: 'encapsulated',
    frames: firsts.map((first, frame) => fragments.slice(first, firsts[frame + 1])),
  };
}

/** The items of encapsulated pixels: the Basic Offset Table, then the fragments. */
function readItems(bytes: Buffer, from: number): Span[] {
  const items: Span[] = [];
  let at = from;
  while (at + 8 <= bytes.length) {
    const tag = bytes.readUInt32LE(at);
    const start = at + 8;
    const end = start + bytes.readUInt32LE(at + 4);
    if (tag === SEQUENCE_END) {
      return items;
    }
    if (tag !== ITEM || end > bytes.length) {
      break;
    }
    if (items.length > MAX_FRAGMENTS) {
      throw new NotDicomError(`its pixels are in more than ${MAX_FRAGMENTS} fragments`);
    }
    items.push({ start, end });
    at = end;
  }
  throw new NotDicomError('damaged DICOM file: its compressed pixels are cut off');
}

/** The first fragment of each of `count` frames. */
function firstFragments(count: number, bytes: Buffer, offsets: Span, fragments: readonly Span[]): number[] {
  if (count === 1) {
    return [0];
  }
  if (count === fragments.length) {
    return fragments.map((_, index) => index);
  }
  return firstsByTable(bytes, offsets, fragments) ?? firstsByStream(bytes, fragments);
}

/** The first fragment of each frame, by the Basic Offset Table, which counts from the end of itself. */
function firstsByTable(bytes: Buffer, table: Span, fragments: readonly Span[]): number[] | undefined {
  const byOffset = new Map(fragments.map(({ start }, index) => [start - 8 - table.end, index]));
  const firsts: number[] = [];
  for (let at = table.start; at + 4 <= table.end; at += 4) {
    const first = byOffset.get(bytes.readUInt32LE(at));
    if (first === undefined || first <= (firsts.at(-1) ?? -1)) {
      return undefined;
    }
    firsts.push(first);
  }
  return firsts.length ? firsts : undefined;
}

function firstsByStream(bytes: Buffer, fragments: readonly Span[]): number[] {
  return fragments.flatMap(({ start, end }, index) =>
    end - start >= 2 && STREAM_STARTS.has(bytes.readUInt16BE(start)) ? [index] : []
  );
}

/** The number of frames. */
export function frameTotal(table: FrameTable): number {
  return table.form === 'native' ? table.count : table.frames.length;
}

/** What to read for a frame (from 1), and how many bits of it belong to the frame before. */
export function frameSpans(
  table: FrameTable,
  frame: number
): { readonly spans: readonly Span[]; readonly skipBits: number; readonly frameBits?: number } {
  if (table.form === 'encapsulated') {
    return { spans: table.frames[frame - 1], skipBits: 0 };
  }
  const { frameBits, pixels } = table;
  const firstBit = (frame - 1) * frameBits;
  const start = pixels.start + Math.floor(firstBit / 8);
  const end = pixels.start + Math.ceil((firstBit + frameBits) / 8);
  return { spans: [{ start, end }], skipBits: firstBit % 8, frameBits };
}

/**
 * Binary segmentations pack eight pixels a byte, the first lowest, and a frame may start inside one
 * (PS3.5 8.1.1).
 */
export function alignFrame(bytes: Buffer, skipBits: number, frameBits: number): Buffer {
  const frame = Buffer.alloc(Math.ceil(frameBits / 8));
  for (let index = 0; index < frame.length; index += 1) {
    frame[index] = ((bytes[index] | ((bytes[index + 1] ?? 0) << 8)) >> skipBits) & 0xff;
  }
  const rest = frameBits % 8;
  if (rest) {
    frame[frame.length - 1] &= (1 << rest) - 1;
  }
  return frame;
}

/** What the store takes. Each limit is checked before the memory is used that it bounds. */

/** One DICOM instance, also after inflating; the largest Enhanced CT of a head is about half of it. */
export const MAX_INSTANCE_BYTES = 256 * 2 ** 20;
/** What stands before the pixels: a small element costs a hundred times its bytes once it is parsed. */
export const MAX_HEADER_BYTES = 8 * 2 ** 20;
/**
 * Elements of a data set, those within sequences and their items among them: a second or two of work. An
 * Enhanced CT has about 60 a frame, a segmentation about 45, of which a thin head CT makes 2000.
 */
export const MAX_ELEMENTS = 200_000;
/**
 * Frames of an instance, with or without pixels: OHIF makes an entry for each before anything is shown, and
 * spends 40 s and 3 GB on a hundred million of them. A dynamic Enhanced CT has up to 10,000.
 */
export const MAX_FRAMES = 20_000;
/** Fragments of compressed pixels. */
export const MAX_FRAGMENTS = 100_000;
/** Answers of one query; the next ones are asked for by `offset`. */
export const MAX_QUERY_ANSWERS = 5000;
/** A query's pattern: its cost grows with the square of its length. */
export const MAX_PATTERN_LENGTH = 256;

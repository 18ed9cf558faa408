import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { openDicom, PIXEL_DATA, type OpenedDicom } from './openDicom';

/** Long enough for the header of nearly every CT instance. */
const HEADER_CHUNK_BYTES = 256 * 1024;

/** Parses a whole file; undefined where it is not DICOM. */
export function readDicomFile(path: string): OpenedDicom | undefined {
  return openDicom(readFileSync(path));
}

/**
 * Parses what stands before the pixels, and reads little more than that; undefined where the
 * file is not DICOM.
 */
export function readDicomHeader(path: string): OpenedDicom | undefined {
  const { bytes, complete } = readFirstBytes(path);
  try {
    const opened = openDicom(bytes, true);
    // Bytes that end where an element does are parsed without complaint, and what follows would be missing.
    if (complete || !opened || opened.dataSet.elements[PIXEL_DATA]) {
      return opened;
    }
  } catch (cause) {
    if (complete) {
      throw cause;
    }
  }
  return openDicom(readFileSync(path), true);
}

function readFirstBytes(path: string): { bytes: Uint8Array; complete: boolean } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, HEADER_CHUNK_BYTES));
    readSync(file, bytes, 0, bytes.length, 0);
    return { bytes, complete: bytes.length === size };
  } finally {
    closeSync(file);
  }
}

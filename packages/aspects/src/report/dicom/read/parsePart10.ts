import { parseDicom, type DataSet } from 'dicom-parser';
import type { NaturalisedDataset } from 'dcmjs';
import { READ_ATTRIBUTES } from './attributes';
import { StoredReportError } from './storedReportError';

/** A parsed Part 10 file. */
export interface ParsedObject {
  /** The attributes of `READ_ATTRIBUTES`, naturalised; sequences are arrays. */
  readonly dataset: NaturalisedDataset;
  /** Text of an element that has no keyword; undefined where absent. Tag as `GGGGEEEE`. */
  textOf(tag: string): string | undefined;
  /** Uncompressed pixel data; undefined where absent or compressed. */
  readonly pixelData?: Uint8Array;
}

/**
 * Parses a SEG or SR that this software wrote and an archive gave back. dicom-parser does it, since dcmjs
 * takes text inside sequences for Latin-1, whatever the character set says. Throws `StoredReportError`
 * (`DAMAGED`) where the bytes are no complete DICOM file.
 */
export function parsePart10(part10: ArrayBuffer): ParsedObject {
  try {
    const data = parseDicom(new Uint8Array(part10), { vrCallback: tag => impliedVr(tag) });
    const decoder = new TextDecoder(data.string('x00080005') === 'ISO_IR 100' ? 'latin1' : 'utf-8');
    return {
      dataset: naturalised(data, decoder),
      textOf: tag => textOf(data, `x${tag.toLowerCase()}`, decoder),
      pixelData: pixelDataOf(data),
    };
  } catch (error) {
    const reason =
      error instanceof Error
        ? error.message
        : ((error as { exception?: unknown } | null)?.exception ?? error);
    throw new StoredReportError('DAMAGED', `The stored object cannot be read: ${String(reason)}`);
  }
}

/** For Implicit VR, where the parser only has to know what is a sequence. */
function impliedVr(tag: string): string | undefined {
  return READ_ATTRIBUTES[tag]?.[1] === 'SQ' ? 'SQ' : undefined;
}

function naturalised(data: DataSet, decoder: TextDecoder): NaturalisedDataset {
  const dataset: NaturalisedDataset = {};
  for (const tag of Object.keys(data.elements)) {
    const [keyword, vr] = READ_ATTRIBUTES[tag] ?? [];
    if (keyword) {
      dataset[keyword] = vr === 'SQ' ? itemsOf(data, tag, decoder) : valueOf(data, tag, vr, decoder);
    }
  }
  return dataset;
}

function itemsOf(data: DataSet, tag: string, decoder: TextDecoder): NaturalisedDataset[] {
  return (data.elements[tag].items ?? []).flatMap(item =>
    item.dataSet ? [naturalised(item.dataSet, decoder)] : []
  );
}

function valueOf(
  data: DataSet,
  tag: string,
  vr: string | undefined,
  decoder: TextDecoder
): string | number | undefined {
  if (vr === 'US') {
    return data.uint16(tag);
  }
  return vr === 'FD' ? data.double(tag) : textOf(data, tag, decoder);
}

function textOf(data: DataSet, tag: string, decoder: TextDecoder): string | undefined {
  const element = data.elements[tag];
  return (
    element &&
    decoder
      .decode(data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length))
      .replace(/[\0 ]+$/, '')
  );
}

function pixelDataOf(data: DataSet): Uint8Array | undefined {
  const element = data.elements.x7fe00010;
  if (!element || element.encapsulatedPixelData) {
    return undefined;
  }
  return data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length) as Uint8Array;
}

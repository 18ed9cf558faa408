import dcmjs from 'dcmjs';
import type { Element } from 'dicom-parser';

const { dictionary, nameMap } = dcmjs.data.DicomMetaDictionary;

export const TAG = {
  sopClass: '00080016',
  sopInstance: '00080018',
  studyDate: '00080020',
  studyTime: '00080030',
  accession: '00080050',
  modality: '00080060',
  modalitiesInStudy: '00080061',
  availableTransferSyntax: '00083002',
  studyDescription: '00081030',
  seriesDescription: '0008103E',
  patientName: '00100010',
  patientId: '00100020',
  studyInstance: '0020000D',
  seriesInstance: '0020000E',
  seriesNumber: '00200011',
  instanceNumber: '00200013',
  numberOfFrames: '00280008',
  rows: '00280010',
  columns: '00280011',
  bitsAllocated: '00280100',
  pixelData: '7FE00010',
} as const;

/**
 * The tag of an attribute that is named by its keyword or by eight hexadecimal digits; undefined where
 * it is neither.
 */
export function tagOf(name: string): string | undefined {
  if (/^[0-9a-f]{8}$/i.test(name)) {
    return name.toUpperCase();
  }
  // A query can name anything, `constructor` for one.
  const entry = Object.hasOwn(nameMap, name) ? nameMap[name] : undefined;
  return entry?.tag.replace(/[(),]/g, '');
}

/** Whether PS3.6 has the attribute; private ones it has not. */
export function isStandard(tag: string): boolean {
  return entryOf(tag) !== undefined;
}

/**
 * The element's value representation; the dictionary's (PS3.6) where the file has none or one
 * that says nothing.
 */
export function vrOf(element: Element, signed: boolean): string {
  if (element.vr && element.vr !== 'UN') {
    return element.vr;
  }
  const tag = element.tag.slice(1).toUpperCase();
  const vr = entryOf(tag)?.vr;
  if (vr === 'xs') {
    return signed ? 'SS' : 'US';
  }
  // The dictionary's sequences reach this only where the parser found no items.
  return vr === undefined || vr === 'ox' || vr === 'SQ' ? 'UN' : vr;
}

function entryOf(tag: string) {
  return dictionary[`(${tag.slice(0, 4)},${tag.slice(4)})`];
}

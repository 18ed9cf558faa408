import type { NaturalisedDataset } from 'dcmjs';
import { READ_ATTRIBUTES } from '../dicom/read/attributes';

/**
 * An answer of the archive that is something else than what was asked for: a page, an error, a list of
 * other things.
 */
export class ArchiveAnswerError extends Error {
  override readonly name = 'ArchiveAnswerError';

  constructor(what: string) {
    super(
      `The archive's answer cannot be read: ${what}. Is this a DICOMweb address, and is the login valid?`
    );
  }
}

/**
 * Datasets of an answer in the DICOM JSON model (PS3.18 F.2): the attributes that reading knows, by
 * keyword; sequences as arrays. Throws `ArchiveAnswerError` for anything else.
 */
export function datasetsOfAnswer(text: string): NaturalisedDataset[] {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new ArchiveAnswerError('it is no JSON');
  }
  return datasetsOf(answer, 'it');
}

function datasetsOf(list: unknown, what: string): NaturalisedDataset[] {
  if (!Array.isArray(list)) {
    throw new ArchiveAnswerError(`${what} is no list`);
  }
  return list.map(item => datasetOf(item));
}

function datasetOf(item: unknown): NaturalisedDataset {
  if (!isObject(item)) {
    throw new ArchiveAnswerError('it lists something else than datasets');
  }
  const dataset: NaturalisedDataset = {};
  for (const [tag, [keyword, vr]] of Object.entries(READ_ATTRIBUTES)) {
    const attribute = item[tag.slice(1).toUpperCase()];
    const values = isObject(attribute) ? attribute.Value : attribute;
    if (values !== undefined && !Array.isArray(values)) {
      throw new ArchiveAnswerError(`${keyword} has no list of values`);
    }
    if (values) {
      dataset[keyword] = vr === 'SQ' ? datasetsOf(values, keyword) : (values as unknown[])[0];
    }
  }
  return dataset;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

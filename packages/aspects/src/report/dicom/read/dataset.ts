import type { NaturalisedDataset } from 'dcmjs';

/** Items of a sequence; none where it is absent. Hosts give one item with or without an array around it. */
export function items(dataset: NaturalisedDataset | undefined, keyword: string): NaturalisedDataset[] {
  const value = dataset?.[keyword];
  if (value === undefined || value === null) {
    return [];
  }
  return Array.from(Array.isArray(value) ? value : [value]) as NaturalisedDataset[];
}

export function firstItem(
  dataset: NaturalisedDataset | undefined,
  keyword: string
): NaturalisedDataset | undefined {
  return items(dataset, keyword)[0];
}

/** Value as text; the first of several; empty where absent. */
export function textValue(dataset: NaturalisedDataset | undefined, keyword: string): string {
  const value = dataset?.[keyword];
  const single = Array.isArray(value) ? value[0] : value;
  if (typeof single === 'object' && single !== null) {
    return String((single as { Alphabetic?: unknown }).Alphabetic ?? '');
  }
  return single === undefined || single === null ? '' : String(single);
}

/** Value as a number; NaN where absent. */
export function numberValue(dataset: NaturalisedDataset | undefined, keyword: string): number {
  const text = textValue(dataset, keyword);
  return text === '' ? NaN : Number(text);
}

import { HttpError } from '../http/reply';
import { text, texts, type DicomJson } from './file/dicomJson';
import { TAG, tagOf } from './file/dictionary';
import type { DicomInstance } from './file/readInstance';
import { MAX_PATTERN_LENGTH, MAX_QUERY_ANSWERS } from './limits';

const CHARACTER_SET = '00080005';
const STUDY_TAGS = [
  CHARACTER_SET,
  TAG.studyDate,
  TAG.studyTime,
  TAG.accession,
  '00080090',
  TAG.studyDescription,
  TAG.patientName,
  TAG.patientId,
  '00100030',
  '00100040',
  TAG.studyInstance,
  '00200010',
];
const SERIES_TAGS = [
  CHARACTER_SET,
  TAG.modality,
  TAG.seriesDescription,
  TAG.studyInstance,
  TAG.seriesInstance,
  TAG.seriesNumber,
  '00080021',
  '00080031',
  '00180015',
];
const INSTANCE_TAGS = [
  CHARACTER_SET,
  TAG.sopClass,
  TAG.sopInstance,
  TAG.availableTransferSyntax,
  TAG.studyInstance,
  TAG.seriesInstance,
  TAG.instanceNumber,
  TAG.rows,
  TAG.columns,
  TAG.bitsAllocated,
  TAG.numberOfFrames,
];

const LEVELS = {
  studies: { tags: STUDY_TAGS, unique: [TAG.studyInstance] },
  series: { tags: SERIES_TAGS, unique: [TAG.studyInstance, TAG.seriesInstance] },
  instances: { tags: INSTANCE_TAGS, unique: [TAG.studyInstance, TAG.seriesInstance, TAG.sopInstance] },
};

/** Attributes of which a query may name several values, with commas as well. */
const LISTED = new Set<string>([
  TAG.studyInstance,
  TAG.seriesInstance,
  TAG.sopInstance,
  TAG.modality,
  TAG.modalitiesInStudy,
]);

export type QueryLevel = keyof typeof LEVELS;

export interface QueryAnswer {
  readonly matches: readonly DicomJson[];
  /** How many more there are than `matches`. */
  readonly remaining: number;
}

/**
 * QIDO-RS (PS3.18 10.6): one answer a study, series or instance among `instances` that matches the query's
 * parameters, at most 5000 at once. Throws `HttpError` 400 for a pattern or a number that cannot be meant.
 */
export function query(
  level: QueryLevel,
  instances: readonly DicomInstance[],
  parameters: URLSearchParams
): QueryAnswer {
  const conditions = readConditions(parameters);
  const extra = readIncluded(parameters);
  const offset = wholeNumber(parameters, 'offset') ?? 0;
  const limit = Math.min(wholeNumber(parameters, 'limit') ?? MAX_QUERY_ANSWERS, MAX_QUERY_ANSWERS);
  const found: DicomJson[] = [];
  for (const group of grouped(level, instances)) {
    const computed = countsOf(level, group);
    const known = { ...group[0].attributes, ...computed };
    if (conditions.every(matchesOne => matchesOne(known))) {
      found.push({ ...pick(known, [...LEVELS[level].tags, ...extra]), ...computed });
    }
  }
  return {
    matches: found.slice(offset, offset + limit),
    remaining: Math.max(0, found.length - offset - limit),
  };
}

function grouped(level: QueryLevel, instances: readonly DicomInstance[]): Iterable<DicomInstance[]> {
  const groups = new Map<string, DicomInstance[]>();
  for (const instance of instances) {
    const key = LEVELS[level].unique.map(tag => text(instance.attributes, tag)).join('/');
    const group = groups.get(key);
    if (group) {
      group.push(instance);
    } else {
      groups.set(key, [instance]);
    }
  }
  return groups.values();
}

function countsOf(level: QueryLevel, group: readonly DicomInstance[]): DicomJson {
  const different = (tag: string) => [...new Set(group.map(({ attributes }) => text(attributes, tag)))];
  if (level === 'studies') {
    return {
      [TAG.modalitiesInStudy]: { vr: 'CS', Value: different(TAG.modality) },
      '00201206': { vr: 'IS', Value: [different(TAG.seriesInstance).length] },
      '00201208': { vr: 'IS', Value: [group.length] },
    };
  }
  return level === 'series' ? { '00201209': { vr: 'IS', Value: [group.length] } } : {};
}

function pick(attributes: DicomJson, tags: readonly string[]): DicomJson {
  return Object.fromEntries(tags.flatMap(tag => (attributes[tag] ? [[tag, attributes[tag]]] : [])));
}

/** `includefield=all` is what a level has anyway: there is no list of what belongs to which level. */
function readIncluded(parameters: URLSearchParams): string[] {
  return parameters
    .getAll('includefield')
    .flatMap(names => names.split(','))
    .flatMap(name => tagOf(name) ?? []);
}

function wholeNumber(parameters: URLSearchParams, name: string): number | undefined {
  const value = parameters.get(name);
  if (value === null || value === '') {
    return undefined;
  }
  if (!/^\d{1,9}$/.test(value)) {
    throw new HttpError(400, `${name} is not a whole number`);
  }
  return Number(value);
}

type Condition = (attributes: DicomJson) => boolean;

/** A parameter that names no attribute is none of ours (`fuzzymatching`, for one). */
function readConditions(parameters: URLSearchParams): Condition[] {
  return [...parameters].flatMap(([name, wanted]) => {
    const tag = tagOf(name);
    return tag && wanted ? [attributes => matchesValue(texts(attributes, tag), tag, wanted)] : [];
  });
}

function matchesValue(values: readonly string[], tag: string, wanted: string): boolean {
  if (/^\d{8}-\d{8}$|^\d{8}-$|^-\d{8}$/.test(wanted)) {
    const [from, to] = wanted.split('-');
    return values.some(value => (!from || value >= from) && (!to || value <= to));
  }
  const alternatives = wanted.split(LISTED.has(tag) ? /[\\,]/ : '\\');
  return alternatives.some(pattern => values.some(value => matchesPattern(value, pattern)));
}

/**
 * `*` stands for any characters, `?` for one; case does not matter. Looks back to the last `*` alone, so that
 * its time is bounded by the product of the lengths; a regular expression's is not.
 */
export function matchesPattern(value: string, pattern: string): boolean {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new HttpError(400, `A pattern may have ${MAX_PATTERN_LENGTH} characters`);
  }
  const letters = value.toLowerCase();
  const wanted = pattern.toLowerCase();
  let at = 0;
  let next = 0;
  let star = -1;
  let starAt = 0;
  while (at < letters.length) {
    if (wanted[next] === '*') {
      star = next;
      starAt = at;
      next += 1;
    } else if (wanted[next] === '?' || wanted[next] === letters[at]) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      next = star + 1;
    } else {
      return false;
    }
  }
  return [...wanted.slice(next)].every(letter => letter === '*');
}

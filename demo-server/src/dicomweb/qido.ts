import { TAG, text, type DicomJson } from './dicomJson';
import type { DicomInstance } from './dicomFile';

const STUDY_TAGS = [
  '00080005',
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
  TAG.sopClass,
  TAG.sopInstance,
  '00083002',
  TAG.studyInstance,
  TAG.seriesInstance,
  TAG.instanceNumber,
  TAG.rows,
  TAG.columns,
  TAG.bitsAllocated,
  TAG.numberOfFrames,
];

/** Names that a query may use for a tag; eight hexadecimal digits always work. */
const KEYWORDS: Readonly<Record<string, string>> = {
  StudyInstanceUID: TAG.studyInstance,
  SeriesInstanceUID: TAG.seriesInstance,
  SOPInstanceUID: TAG.sopInstance,
  SOPClassUID: TAG.sopClass,
  PatientName: TAG.patientName,
  PatientID: TAG.patientId,
  AccessionNumber: TAG.accession,
  StudyDate: TAG.studyDate,
  StudyTime: TAG.studyTime,
  StudyDescription: TAG.studyDescription,
  SeriesDescription: TAG.seriesDescription,
  SeriesNumber: TAG.seriesNumber,
  Modality: TAG.modality,
  ModalitiesInStudy: TAG.modalitiesInStudy,
};

const UNIQUE_TAG = { studies: TAG.studyInstance, series: TAG.seriesInstance, instances: TAG.sopInstance };
const PART_TAGS = { studies: STUDY_TAGS, series: SERIES_TAGS, instances: INSTANCE_TAGS };

export type QueryLevel = keyof typeof UNIQUE_TAG;

/** QIDO-RS (PS3.18 10.6): one answer a study, series or instance among `instances` that matches the query's parameters. */
export function query(
  level: QueryLevel,
  instances: readonly DicomInstance[],
  parameters: URLSearchParams
): DicomJson[] {
  const groups = new Map<string, DicomInstance[]>();
  for (const instance of instances) {
    const uid = text(instance.attributes, UNIQUE_TAG[level]);
    groups.set(uid, [...(groups.get(uid) ?? []), instance]);
  }
  const answers = [...groups.values()].map(group => describe(level, group));
  const matching = answers.filter(answer => matches(answer, parameters));
  const offset = Number(parameters.get('offset')) || 0;
  const limit = Number(parameters.get('limit')) || matching.length;
  return matching.slice(offset, offset + limit);
}

function describe(level: QueryLevel, group: readonly DicomInstance[]): DicomJson {
  const { attributes } = group[0];
  const answer: Record<string, DicomJson[string]> = {};
  for (const tag of PART_TAGS[level]) {
    if (attributes[tag]) {
      answer[tag] = attributes[tag];
    }
  }
  const count = (tag: string) => new Set(group.map(instance => text(instance.attributes, tag))).size;
  if (level === 'studies') {
    const modalities = [...new Set(group.map(instance => text(instance.attributes, TAG.modality)))];
    answer[TAG.modalitiesInStudy] = { vr: 'CS', Value: modalities };
    answer['00201206'] = { vr: 'IS', Value: [count(TAG.seriesInstance)] };
    answer['00201208'] = { vr: 'IS', Value: [group.length] };
  }
  if (level === 'series') {
    answer['00201209'] = { vr: 'IS', Value: [group.length] };
  }
  return answer;
}

function matches(answer: DicomJson, parameters: URLSearchParams): boolean {
  for (const [name, wanted] of parameters) {
    const tag = KEYWORDS[name] ?? (/^[0-9A-F]{8}$/i.test(name) ? name.toUpperCase() : undefined);
    if (tag && wanted && !matchesValue(answer, tag, wanted)) {
      return false;
    }
  }
  return true;
}

function matchesValue(answer: DicomJson, tag: string, wanted: string): boolean {
  const values = (answer[tag]?.Value ?? []).map((_, index) =>
    text({ [tag]: { vr: '', Value: [answer[tag].Value?.[index]] } }, tag)
  );
  if (/^\d{8}-\d{8}$|^\d{8}-$|^-\d{8}$/.test(wanted)) {
    const [from, to] = wanted.split('-');
    return values.some(value => (!from || value >= from) && (!to || value <= to));
  }
  return wanted.split(/[\\,]/).some(one => {
    const pattern = new RegExp(`^${one.split('*').map(escapePattern).join('.*')}$`, 'i');
    return values.some(value => pattern.test(value));
  });
}

function escapePattern(part: string): string {
  return part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('?', '.');
}

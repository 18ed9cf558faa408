import dcmjs, { type DcmjsDict, type NaturalisedDataset } from 'dcmjs';
import { firstPart, HttpStatusError } from '@deep-aspects/aspects/report';
import type { ArchiveConnection } from './archiveSettings';

export interface FoundStudy {
  readonly studyInstanceUID: string;
  /** `YYYYMMDD`, perhaps empty. */
  readonly date: string;
  /** `HHMMSS...`, perhaps empty. */
  readonly time: string;
  readonly description: string;
  /** Undefined where the archive does not count. */
  readonly instances?: number;
}

/** Whether a search by date can find it: a Study Date may be absent, empty, or no date (PS3.5 6.2, DA). */
export function isDated({ date }: Pick<FoundStudy, 'date'>): boolean {
  return /^\d{8}$/.test(date);
}

export interface ListedSeries {
  readonly seriesInstanceUID: string;
  readonly modality: string;
  readonly description: string;
  readonly bodyPart: string;
  /** Of the scanner; perhaps empty. */
  readonly stationName: string;
  readonly instances: number;
}

/** What is asked for at a time: an archive of any size answers soon and in bounded memory. */
const PAGE = 200;
const MAX_PAGES = 500;

/**
 * QIDO-RS and WADO-RS (PS3.18 10.4, 10.6) as far as scoring on arrival needs them. Rejects with
 * `HttpStatusError`, or with what fetch throws.
 */
export class ArchiveClient {
  constructor(private readonly connection: ArchiveConnection) {}

  /**
   * Studies with CT from that day on (`YYYYMMDD`), page by page, each once. Rejects with an `Error` in words
   * where the address is that of something else than a DICOMweb service.
   */
  async *ctStudies(since: string): AsyncGenerator<FoundStudy> {
    const seen = new Set<string>();
    const unseen = (found: readonly FoundStudy[]) =>
      found.filter(({ studyInstanceUID }) => !seen.has(studyInstanceUID) && seen.add(studyInstanceUID));
    for (let page = 0; page < MAX_PAGES; page++) {
      const found = await this.ctStudiesOf(since, PAGE, page * PAGE);
      if (page > 0 && found.length === 0) {
        // Nothing more, or an archive that cuts to the limit first and then leaves out as many (Orthanc
        // 1.10, by modality).
        yield* unseen(await this.ctStudiesOf(since, MAX_PAGES * PAGE, 0));
        return;
      }
      const fresh = unseen(found);
      yield* fresh;
      // An archive that knows no offset sends the same page again.
      if (found.length < PAGE || fresh.length === 0) {
        return;
      }
    }
  }

  private ctStudiesOf(since: string, limit: number, offset: number): Promise<FoundStudy[]> {
    return this.studies({ ModalitiesInStudy: 'CT', StudyDate: `${since}-` }, limit, offset);
  }

  /**
   * A page of all studies of whatever date and modality, at most 200, from the `offset`th on in the archive's
   * own order; empty behind the last one.
   */
  anyStudies(offset: number): Promise<FoundStudy[]> {
    return this.studies({}, PAGE, offset);
  }

  private async studies(
    conditions: Readonly<Record<string, string>>,
    limit: number,
    offset: number
  ): Promise<FoundStudy[]> {
    const parameters = new URLSearchParams({ ...conditions, limit: String(limit), offset: String(offset) });
    for (const tag of ['00081030', '00201208']) {
      parameters.append('includefield', tag);
    }
    const found = await this.json(`/studies?${parameters}`).catch((error: unknown) =>
      explainSearch(error, this.connection.url)
    );
    return found.map(studyOf);
  }

  /**
   * With the number of each one's instances, also where the archive does not count them: it tells whether
   * images came or went.
   */
  async series(studyInstanceUID: string): Promise<ListedSeries[]> {
    const fields = ['0008103E', '00180015', '00081010', '00201209'].map(tag => `includefield=${tag}`);
    const found = await this.search(`/studies/${studyInstanceUID}/series?${fields.join('&')}`);
    return Promise.all(
      found.map(seriesOf).map(async series => {
        const { instances, seriesInstanceUID } = series;
        return instances > 0
          ? series
          : { ...series, instances: await this.count(studyInstanceUID, seriesInstanceUID) };
      })
    );
  }

  async holdsInstance(studyInstanceUID: string, sopInstanceUID: string): Promise<boolean> {
    const query = `/studies/${studyInstanceUID}/instances?SOPInstanceUID=${sopInstanceUID}`;
    const found = await this.search(query);
    return found.some(instance => textOf(instance, '00080018') === sopInstanceUID);
  }

  /** Attributes of all instances of a series, by keyword; sequences as arrays. */
  async metadata(studyInstanceUID: string, seriesInstanceUID: string): Promise<NaturalisedDataset[]> {
    const found = await this.search(`/studies/${studyInstanceUID}/series/${seriesInstanceUID}/metadata`);
    return found.map(instance => dcmjs.data.DicomMetaDictionary.naturalizeDataset(instance));
  }

  /**
   * One instance as a Part 10 file, in the transfer syntax in which the archive keeps it. Rejects where the
   * answer is no such file.
   */
  async instance(study: string, series: string, sopInstanceUID: string): Promise<ArrayBuffer> {
    const path = `/studies/${study}/series/${series}/instances/${sopInstanceUID}`;
    const response = await this.get(path, 'multipart/related; type="application/dicom"; transfer-syntax=*');
    const file = firstPart(await response.arrayBuffer(), response.headers.get('Content-Type') ?? '');
    // An error page under status 200 must not be scored as a damaged image, whose refusal would stay.
    if (!isPart10(file)) {
      throw new Error('the archive answers with something else than a DICOM file');
    }
    return file;
  }

  private async count(studyInstanceUID: string, seriesInstanceUID: string): Promise<number> {
    return (await this.search(`/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances`)).length;
  }

  private async json(path: string): Promise<DcmjsDict[]> {
    const response = await this.get(path, 'application/dicom+json');
    const text = await response.text();
    return text === '' ? [] : (JSON.parse(text) as DcmjsDict[]);
  }

  /** Of a study: one that the archive does not have, or no longer, has nothing. */
  private async search(path: string): Promise<DcmjsDict[]> {
    try {
      return await this.json(path);
    } catch (error) {
      if (error instanceof HttpStatusError && error.status === 404) {
        return [];
      }
      throw error;
    }
  }

  private async get(path: string, accept: string): Promise<Response> {
    const { url, headers, fetch } = this.connection;
    const response = await fetch(`${url}${path}`, { headers: { ...headers(), Accept: accept } });
    if (!response.ok) {
      await response.body?.cancel();
      throw new HttpStatusError(response.status);
    }
    return response;
  }
}

const PREAMBLE_BYTES = 128;

/** PS3.10 7.1: a preamble, then "DICM". */
function isPart10(file: ArrayBuffer): boolean {
  const mark = new Uint8Array(file).subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + 4);
  return String.fromCharCode(...mark) === 'DICM';
}

/** A search for studies is the first that is asked: what goes wrong here is the address or the login. */
function explainSearch(error: unknown, url: string): never {
  if (error instanceof HttpStatusError) {
    throw new Error(
      `${url}/studies answers HTTP ${error.status}: it is not the root of a DICOMweb service, or wants a login`
    );
  }
  if (error instanceof SyntaxError) {
    throw new Error(`${url}/studies answers no DICOM JSON: it is not the root of a DICOMweb service`);
  }
  throw error;
}

function studyOf(found: DcmjsDict): FoundStudy {
  const instances = Number(textOf(found, '00201208'));
  return {
    studyInstanceUID: textOf(found, '0020000D'),
    date: textOf(found, '00080020'),
    time: textOf(found, '00080030'),
    description: textOf(found, '00081030'),
    ...(instances > 0 && { instances }),
  };
}

function seriesOf(found: DcmjsDict): ListedSeries {
  return {
    seriesInstanceUID: textOf(found, '0020000E'),
    modality: textOf(found, '00080060'),
    description: textOf(found, '0008103E'),
    bodyPart: textOf(found, '00180015'),
    stationName: textOf(found, '00081010'),
    instances: Number(textOf(found, '00201209')) || 0,
  };
}

function textOf(found: DcmjsDict, tag: string): string {
  return String(found[tag]?.Value?.[0] ?? '').trim();
}

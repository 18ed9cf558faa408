import type { ArchiveConnection } from '../archive/archiveSettings';
import { isDated, type FoundStudy } from '../archive/archiveClient';

/** Changes that are asked for at a time: those of some hundred studies of some hundred instances. */
const PAGE = 1_000;
/** Changes of a study: it is there, and it has not grown for a while. */
const OF_STUDIES: ReadonlySet<unknown> = new Set(['NewStudy', 'StableStudy']);

interface Change {
  readonly ChangeType?: unknown;
  readonly ID?: unknown;
}

/**
 * Orthanc counts its changes apart from DICOMweb: `/changes` at the root of its own interface. Asking costs
 * it nothing, and a study list is asked for only when the number has moved.
 */
export class OrthancChanges {
  constructor(private readonly connection: ArchiveConnection) {}

  /** Number of the latest change; undefined where the archive tells none, or does not answer. */
  async latest(): Promise<number | undefined> {
    const { Last: last } = (await this.get<{ Last?: unknown }>('changes?last').catch(() => undefined)) ?? {};
    return typeof last === 'number' ? last : undefined;
  }

  /**
   * Studies without a date that are new or have stopped growing, among the next changes after number `since`,
   * and the number of the last of these. Rejects where the archive does not answer.
   */
  async undatedStudies(since: number): Promise<{ studies: FoundStudy[]; last: number }> {
    const told = await this.get<{ Changes?: Change[]; Last?: number }>(
      `changes?since=${since}&limit=${PAGE}`
    );
    if (!Array.isArray(told?.Changes) || typeof told.Last !== 'number') {
      throw new Error('the archive no longer tells of its changes');
    }
    const changed = told.Changes.filter(({ ChangeType: type }) => OF_STUDIES.has(type)).map(({ ID }) => ID);
    const studies: FoundStudy[] = [];
    for (const id of new Set(changed)) {
      const study = await this.study(String(id));
      if (study && !isDated(study)) {
        studies.push(study);
      }
    }
    return { studies, last: told.Last };
  }

  /** Undefined where it is no longer there. */
  private async study(id: string): Promise<FoundStudy | undefined> {
    const found = await this.get<{ MainDicomTags?: Record<string, string> }>(`studies/${id}`);
    const { StudyInstanceUID, StudyDate, StudyTime, StudyDescription } = found?.MainDicomTags ?? {};
    return StudyInstanceUID === undefined
      ? undefined
      : {
          studyInstanceUID: StudyInstanceUID,
          date: StudyDate ?? '',
          time: StudyTime ?? '',
          description: StudyDescription ?? '',
        };
  }

  /** Undefined where the answer is an error: what is asked for is not there. */
  private async get<T>(path: string): Promise<T | undefined> {
    const { url, headers, fetch } = this.connection;
    const address = new URL(`../${path}`, `${url}/`).href;
    const response = await fetch(address, { headers: { ...headers(), Accept: 'application/json' } });
    if (!response.ok) {
      await response.body?.cancel();
      return undefined;
    }
    return (await response.json()) as T;
  }
}

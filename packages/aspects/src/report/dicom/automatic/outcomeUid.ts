import { contentUid } from '../uid';

/** What makes one automatic outcome another: a study's images, the program and its networks. */
export interface OutcomeIdentity {
  readonly studyInstanceUID: string;
  /** Series Instance UID and number of instances of every series that could be scored. */
  readonly contents: ReadonlyMap<string, number>;
  readonly softwareVersion: string;
  /** SHA-256 of the networks' files. */
  readonly networks: readonly string[];
}

/**
 * SOP Instance UID of the object that completes an automatic result: the key images, or the note of refusal.
 * It is known before anything is scored, and that object is stored last, so one query to an archive tells
 * whether these images have an outcome.
 */
export function outcomeUid({
  studyInstanceUID,
  contents,
  softwareVersion,
  networks,
}: OutcomeIdentity): string {
  const series = [...contents].sort(([a], [b]) => (a < b ? -1 : 1));
  return contentUid(
    'automatic-outcome',
    studyInstanceUID,
    JSON.stringify(series),
    softwareVersion,
    ...networks
  );
}

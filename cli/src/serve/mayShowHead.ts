import { describesElsewhere, describesHead } from '@deep-aspects/aspects/series';
import type { ListedSeries, FoundStudy } from '../archive/archiveClient';

/**
 * Whether a study may show a head: false only where every CT series names another part of the body, so that
 * an archive's other CT is left alone. What names nothing is looked at.
 */
export function mayShowHead(study: Pick<FoundStudy, 'description'>, ct: readonly ListedSeries[]): boolean {
  if (describesHead(study.description)) {
    return true;
  }
  return ct.some(({ description, bodyPart }) => {
    const text = `${description} ${bodyPart}`;
    return describesHead(text) || !describesElsewhere(`${text} ${study.description}`);
  });
}

import { type CaseRecord, compareCase } from '@deep-aspects/aspects/evaluation';
import { mergeScoringRule } from '@deep-aspects/aspects/scoring';
import type { Networks } from '../models/networks';
import { withFitSeries } from '../score/pickSeries';
import { scoreWith } from '../score/scoreStudy';
import { caseLabels } from './caseLabels';
import { readReaders, scanOf, type CaseFolder } from './dataSet';

/**
 * Scores one case and compares the result with its labels and readers. Rejects with what makes
 * that impossible.
 */
export async function evaluateCase(folder: CaseFolder, networks: Networks): Promise<CaseRecord> {
  const readers = readReaders(folder);
  const { infarct } = await networks.get();
  const { series, scored, seconds } = await withFitSeries(scanOf(folder), undefined, async fit => {
    const started = performance.now();
    const result = await scoreWith(networks, fit);
    return { series: fit, scored: result, seconds: (performance.now() - started) / 1000 };
  });
  return compareCase({
    name: folder.name,
    series,
    scored,
    seconds,
    scoring: mergeScoringRule(infarct.manifest.scoring),
    trueInfarct: folder.infarct === undefined ? undefined : caseLabels(folder.infarct, 'infarct', series),
    trueAnatomy: folder.anatomy === undefined ? undefined : caseLabels(folder.anatomy, 'anatomy', series),
    readers,
  });
}

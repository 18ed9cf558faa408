import {
  buildHeadCtSeries,
  chooseSeries,
  type CtInstance,
  type HeadCtSeries,
  Refusal,
  type RefusalCode,
} from '@deep-aspects/aspects/series';
import { loadDicomSeries } from '../dicom/dicomSeries';
import { loadNiftiSeries } from '../nifti/niftiSeries';
import type { StudyInput } from './findStudies';

/**
 * Where every series of a study is refused, the reason of the one that came nearest to being scored is given.
 */
const NEAREST_FIRST: readonly RefusalCode[] = [
  'UPSIDE_DOWN',
  'NO_BRAIN',
  'HETEROGENEOUS_SLICES',
  'CORRUPT_PIXELS',
  'INCONSISTENT_SERIES',
  'IMPLAUSIBLE_GEOMETRY',
  'TOO_FEW_SLICES',
  'MISSING_GEOMETRY',
  'NOT_AXIAL',
  'LOCALIZER',
  'SECONDARY_CAPTURE',
  'NOT_CT',
];

/** `firstFit` of a study in files. @param seriesInstanceUID tries this series alone */
export function withFitSeries<T>(
  study: StudyInput,
  seriesInstanceUID: string | undefined,
  accept: (series: HeadCtSeries) => Promise<T>
): Promise<T> {
  return firstFit(candidates(study, seriesInstanceUID), accept);
}

/**
 * Tries the series of a study from the best suited on, until one is accepted.
 *
 * @param accept may still refuse: whether a head with a brain is shown is known only from the pixels
 * @throws Refusal of the series that came nearest, the others' in `details.series`
 */
export async function firstFit<T>(
  ranked: AsyncIterable<Candidate>,
  accept: (series: HeadCtSeries) => Promise<T>
): Promise<T> {
  const refusals: { readonly seriesInstanceUID: string; readonly refusal: Refusal }[] = [];
  for await (const candidate of ranked) {
    try {
      if (candidate.refusal) {
        throw candidate.refusal;
      }
      return await accept(buildHeadCtSeries(candidate.instances));
    } catch (thrown) {
      if (!(thrown instanceof Refusal) || !NEAREST_FIRST.includes(thrown.code)) {
        throw thrown;
      }
      refusals.push({ seriesInstanceUID: candidate.seriesInstanceUID, refusal: thrown });
    }
  }
  throw nearestRefusal(refusals);
}

/** A series to try, the best suited first; one that its metadata already refuse has no pixels. */
export interface Candidate {
  readonly seriesInstanceUID: string;
  readonly instances: readonly CtInstance[];
  readonly refusal?: Refusal;
}

async function* candidates(study: StudyInput, wanted: string | undefined): AsyncGenerator<Candidate> {
  if (study.kind === 'nifti') {
    const instances = loadNiftiSeries(study.file);
    yield { seriesInstanceUID: instances[0].seriesInstanceUID, instances };
    return;
  }
  const loaded = new Map<string, readonly CtInstance[]>();
  const refused: Candidate[] = [];
  for (const { seriesInstanceUID, files } of study.series) {
    if (wanted === undefined || seriesInstanceUID === wanted) {
      try {
        loaded.set(seriesInstanceUID, await loadDicomSeries(files));
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) {
          throw thrown;
        }
        refused.push({ seriesInstanceUID, instances: [], refusal: thrown });
      }
    }
  }
  for (const ranked of chooseSeries([...loaded.values()])) {
    yield { ...ranked, instances: loaded.get(ranked.seriesInstanceUID) ?? [] };
  }
  yield* refused;
}

function nearestRefusal(refusals: readonly { seriesInstanceUID: string; refusal: Refusal }[]): Refusal {
  const [nearest] = [...refusals].sort(
    (a, b) => NEAREST_FIRST.indexOf(a.refusal.code) - NEAREST_FIRST.indexOf(b.refusal.code)
  );
  if (!nearest) {
    return new Refusal('NOT_CT', 'The study holds no images; give the folder of a head CT.');
  }
  if (refusals.length === 1) {
    return nearest.refusal;
  }
  const series = refusals.map(({ seriesInstanceUID, refusal }) => ({
    seriesInstanceUID,
    code: refusal.code,
  }));
  const { code, message, details } = nearest.refusal;
  return new Refusal(code, message, { ...details, series });
}

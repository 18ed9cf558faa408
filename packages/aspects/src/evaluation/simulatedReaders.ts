import { seededRandom } from './random';

/** Section 6 of the paper: how two radiologists agreed on the same 150 scans. */
export const PAPER_READERS = { exact: 0.3945, within2: 0.7687, pearson: 0.7317 } as const;

/** How a simulated reader errs: reads the true score as it is, or a normally spread one around it. */
export interface ReaderModel {
  /** Chance of reading the score as it is. */
  readonly exactShare: number;
  /** Standard deviation of the other readings, points. */
  readonly spread: number;
}

export interface ReaderAgreement {
  readonly exact: number;
  readonly within2: number;
  readonly pearson: number;
}

const SCORES = 11;

/**
 * The reader model under which two independent simulated readers of these true scores are expected to
 * agree most nearly as the paper's radiologists did. Pearson's r also depends on how the true scores are
 * spread, so that all three figures cannot be met on every data set: what is reached has to be reported
 * with the simulation.
 */
export function fitReaderModel(trueScores: readonly number[]): {
  model: ReaderModel;
  expected: ReaderAgreement;
} {
  const shares = distribution(trueScores);
  let best: { model: ReaderModel; expected: ReaderAgreement; distance: number } | undefined;
  for (let exactShare = 0; exactShare <= 0.9; exactShare += 0.02) {
    for (let spread = 0.4; spread <= 6; spread += 0.1) {
      const model = { exactShare, spread };
      const expected = expectedAgreement(shares, model);
      const distance =
        (expected.exact - PAPER_READERS.exact) ** 2 +
        (expected.within2 - PAPER_READERS.within2) ** 2 +
        (expected.pearson - PAPER_READERS.pearson) ** 2;
      if (!best || distance < best.distance) {
        best = { model, expected, distance };
      }
    }
  }
  const { model, expected } = best as NonNullable<typeof best>;
  return { model, expected };
}

/** Readings of true scores by `readers` independent simulated readers: `result[reader][case]`. */
export function simulateReaders(
  trueScores: readonly number[],
  model: ReaderModel,
  readers: number,
  seed: number
): number[][] {
  const random = seededRandom(seed);
  const chances = Array.from({ length: SCORES }, (_, score) => readingChances(score, model));
  return Array.from({ length: readers }, () => trueScores.map(score => draw(chances[score], random())));
}

/** Chance of each reading 0-10 of a true score. */
export function readingChances(score: number, { exactShare, spread }: ReaderModel): number[] {
  const bell = Array.from({ length: SCORES }, (_, reading) =>
    Math.exp(-((reading - score) ** 2) / (2 * spread ** 2))
  );
  const total = bell.reduce((sum, value) => sum + value, 0);
  return bell.map(
    (value, reading) => (1 - exactShare) * (value / total) + (reading === score ? exactShare : 0)
  );
}

function draw(chances: readonly number[], at: number): number {
  let cumulated = 0;
  for (let reading = 0; reading < chances.length; reading++) {
    cumulated += chances[reading];
    if (at < cumulated) {
      return reading;
    }
  }
  return chances.length - 1;
}

function distribution(scores: readonly number[]): number[] {
  const shares = new Array<number>(SCORES).fill(0);
  for (const score of scores) {
    shares[score] += 1 / scores.length;
  }
  return shares;
}

/** Agreement of two independent readers in expectation, from their joint distribution. */
export function expectedAgreement(shares: readonly number[], model: ReaderModel): ReaderAgreement {
  const joint = Array.from({ length: SCORES }, () => new Array<number>(SCORES).fill(0));
  shares.forEach((share, score) => {
    const chances = readingChances(score, model);
    chances.forEach((a, first) => chances.forEach((b, second) => (joint[first][second] += share * a * b)));
  });
  let [exact, within2, sum, squares, products] = [0, 0, 0, 0, 0];
  joint.forEach((row, a) =>
    row.forEach((chance, b) => {
      exact += a === b ? chance : 0;
      within2 += Math.abs(a - b) <= 2 ? chance : 0;
      sum += chance * a;
      squares += chance * a * a;
      products += chance * a * b;
    })
  );
  // Both readers have the same marginal distribution.
  const variance = squares - sum * sum;
  return { exact, within2, pearson: variance > 1e-12 ? (products - sum * sum) / variance : 0 };
}

/**
 * Figures of the paper (Upadhyay and others, Deep-ASPECTS, ECCV Workshops 2022,
 * doi:10.1007/978-3-031-25066-8_17), from its real scans; by architecture as it names them.
 */
export interface PaperFigures {
  /** Table 1a: DSC, sensitivity, specificity. */
  readonly infarct: readonly [number, number, number];
  /** Table 1b: DSC of infarcts under 3, 3-16, 16-66 and over 66 ml. */
  readonly byVolume: readonly [number, number, number, number];
  /** Table 2: overall, caudate, lentiform nucleus, capsule, insula, M1 M4, M2 M5, M3 M6. */
  readonly anatomy: readonly number[];
  /** Table 5: parameters and seconds a scan. */
  readonly parameters: string;
  readonly seconds: string;
}

export const PAPER: ReadonlyMap<string, PaperFigures> = new Map<string, PaperFigures>(
  Object.entries({
    'U-Net': {
      infarct: [0.72, 0.77, 0.99],
      byVolume: [0.45, 0.72, 0.78, 0.91],
      anatomy: [0.64, 0.7, 0.6, 0.59, 0.52, 0.72, 0.77, 0.54],
      parameters: '42.1 M',
      seconds: '28-30',
    },
    TransUNet: {
      infarct: [0.57, 0.61, 0.98],
      byVolume: [0.41, 0.55, 0.61, 0.72],
      anatomy: [0.59, 0.63, 0.59, 0.57, 0.43, 0.73, 0.71, 0.49],
      parameters: '105 M',
      seconds: '50-63',
    },
    'UNet++': {
      infarct: [0.67, 0.76, 0.99],
      byVolume: [0.49, 0.62, 0.71, 0.86],
      anatomy: [0.62, 0.69, 0.61, 0.58, 0.5, 0.69, 0.75, 0.54],
      parameters: '42.9 M',
      seconds: '28-32',
    },
    LinkNet: {
      infarct: [0.54, 0.57, 0.96],
      byVolume: [0.31, 0.54, 0.52, 0.79],
      anatomy: [0.63, 0.7, 0.61, 0.61, 0.53, 0.71, 0.77, 0.49],
      parameters: '41.2 M',
      seconds: '27-29',
    },
  })
);

/**
 * Table 4: sensitivity and specificity as printed, of A (0-3), B (4-7), C (8-10); see docs/metrics.md
 * for their names.
 */
export const PAPER_BINS: Readonly<Record<'A' | 'B' | 'C', readonly string[]>> = {
  A: ['0.96 / 0.48', '0.99 / 0.65', '0.95 / 0.56'],
  B: ['0.87 / 0.55', '0.85 / 0.66', '0.84 / 0.66'],
  C: ['0.74 / 0.93', '0.74 / 0.86', '0.84 / 0.85'],
};

/** Section 6: model and reader A, model and reader B, readers A and B. */
export const PAPER_AGREEMENT = {
  exact: ['42.2 %', '36.7 %', '39.5 %'],
  within2: ['69.4 %', '76.2 %', '76.9 %'],
  pearson: ['', '', '0.73'],
} as const;

/** Reasons for which nothing is scored (docs/architecture.md: how to add one). A refusal is never a score. */
export const REFUSAL_CODES = [
  'NOT_CT',
  'LOCALIZER',
  'SECONDARY_CAPTURE',
  'NOT_AXIAL',
  'TOO_FEW_SLICES',
  'MISSING_GEOMETRY',
  'INCONSISTENT_SERIES',
  'IMPLAUSIBLE_GEOMETRY',
  'HETEROGENEOUS_SLICES',
  'UPSIDE_DOWN',
  'CORRUPT_PIXELS',
  'NO_BRAIN',
  'MODEL_UNAVAILABLE',
  'MODEL_HASH_MISMATCH',
  'OUT_OF_MEMORY',
  'CANCELLED',
] as const;

/** The reason of a `Refusal`; docs/cli.md lists them. */
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** An input or environment that cannot be scored. The message says what is wrong and what to do about it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: RefusalCode,
    message: string,
    /** Tag names, slice UIDs, numbers: whatever helps to find the cause. Serialisable. */
    readonly details: Readonly<Record<string, unknown>> = {}
  ) {
    super(message);
  }
}

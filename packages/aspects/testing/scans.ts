import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * A head CT and a study without a brain: DICOM files under `headCt`, series by series under `plasticHead`.
 */
export interface Scans {
  readonly name: string;
  /** A patient's plain head CT: tilted, unevenly spaced, 28 slices. */
  readonly headCt: string;
  /** Folders brain, localizer and summary of a plastic head. */
  readonly plasticHead: { readonly study: string } & Record<'brain' | 'localizer' | 'summary', string>;
}

const STAND_IN = path.resolve('tests/fixtures/studies');

/** Synthetic studies with the traits of a scanner's (tests/fixtures/studies/README.md). */
export const STAND_IN_SCANS: Scans = {
  name: 'stand-in',
  headCt: path.join(STAND_IN, 'tilted-head/brain'),
  plasticHead: plasticHead(path.join(STAND_IN, 'plastic-head'), 'brain'),
};

/**
 * Public scans of real scanners, which are not part of the repository (CONTRIBUTING.md says where
 * they come from).
 */
const REAL = path.resolve(process.env.DEEP_ASPECTS_REAL_CT ?? '../shared/data');

const REAL_SCANS: Scans = {
  name: 'real',
  headCt: path.join(REAL, 'head-ct-ge'),
  plasticHead: plasticHead(path.join(REAL, 'head-phantom-study'), 'std-brain-5mm'),
};

/** The stand-in, and the real scans where they are. */
export const SCANS: readonly Scans[] = [STAND_IN_SCANS, REAL_SCANS].filter(({ headCt }) =>
  existsSync(headCt)
);

function plasticHead(study: string, brain: string): Scans['plasticHead'] {
  return {
    study,
    brain: path.join(study, brain),
    localizer: path.join(study, 'localizer'),
    summary: path.join(study, 'exam-summary'),
  };
}

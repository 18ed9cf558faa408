import { existsSync } from 'node:fs';
import path from 'node:path';

/** Public scans of real scanners, which are not part of the repository (CONTRIBUTING.md says where they come from). */
const FOLDER = path.resolve(process.env.DEEP_ASPECTS_REAL_CT ?? path.join(process.cwd(), '../shared/data'));

/** A patient's head CT: tilted, unevenly spaced. */
export const REAL_HEAD_CT = path.join(FOLDER, 'head-ct-ge');

/** Several series of a plastic head phantom: no brain in it. */
export const PHANTOM_STUDY = path.join(FOLDER, 'head-phantom-study');

export const hasRealScans = existsSync(REAL_HEAD_CT) && existsSync(PHANTOM_STUDY);

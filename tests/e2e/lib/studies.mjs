import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './installation.mjs';

/** Public scans of real scanners, which are not part of the repository (CONTRIBUTING.md says where they come from). */
export const REAL_SCANS = path.resolve(ROOT, process.env.DEEP_ASPECTS_REAL_CT ?? '../shared/data');

/** Studies that the cases open; those of a scanner are not part of the repository. */
export const STUDIES = {
  /** A real plain head CT, tilted and unevenly spaced: OHIF calls it not reconstructable. */
  headCt: {
    folder: path.join(REAL_SCANS, 'head-ct-ge'),
    patientId: 'QMNx85rKkkg',
    uid: '1.2.826.0.1.3680043.9.4245.1760717064491086528325869788156915668',
  },
  /** A plastic head: localizer, 5 mm brain series, secondary captures. */
  phantom: {
    folder: path.join(REAL_SCANS, 'head-phantom-study'),
    patientId: 'PLASTIC',
    uid: '1.3.46.670589.33.1.27492712521914879309.27169771283235650014',
  },
  /** A synthetic study of the demo server, straight and even: OHIF calls it reconstructable. Left MCA infarct. */
  demo: {
    folder: path.join(ROOT, 'demo-server/demo-studies/left-mca'),
    patientId: 'SYNTHETIC-001',
    uid: '2.25.289564369631452463288361240954706470238',
  },
};

export function hasSharedStudies() {
  return Object.values(STUDIES).every(study => existsSync(study.folder));
}

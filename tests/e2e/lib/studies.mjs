import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './installation.mjs';

const STAND_IN = path.join(ROOT, 'tests/fixtures/studies');

/**
 * Public scans of real scanners, which are not part of the repository (CONTRIBUTING.md says where
 * they come from).
 */
const REAL_SCANS = path.resolve(ROOT, process.env.DEEP_ASPECTS_REAL_CT ?? '../shared/data');

/**
 * A synthetic study of the demo server, straight and even: OHIF calls it reconstructable. Left MCA infarct.
 */
const demo = {
  folder: path.join(ROOT, 'demo-server/demo-studies/left-mca'),
  patientId: 'SYNTHETIC-001',
  uid: '2.25.289564369631452463288361240954706470238',
};

/** Studies that every case can open. */
export const STUDIES = {
  demo,
  /**
   * A plain head CT, tilted and unevenly spaced, with a localizer and captures with it: OHIF calls it not
   * reconstructable.
   */
  headCt: {
    folder: path.join(STAND_IN, 'tilted-head'),
    patientId: 'SYNTHETIC-TILTED',
    uid: '2.25.28783773578722940392959880481067166691',
    series: /^$/,
  },
  /** A plastic head: localizer, 5 mm brain series, secondary captures. */
  phantom: {
    folder: path.join(STAND_IN, 'plastic-head'),
    patientId: 'SYNTHETIC-PLASTIC',
    uid: '2.25.70902218188244323920594322015044067812',
    series: /brain/i,
  },
};

/** The same by real scanners, where those are: for the cases that say `onRealScans`. */
export const REAL_STUDIES = {
  demo,
  headCt: {
    folder: path.join(REAL_SCANS, 'head-ct-ge'),
    patientId: 'QMNx85rKkkg',
    uid: '1.2.826.0.1.3680043.9.4245.1760717064491086528325869788156915668',
    series: /^$/,
  },
  phantom: {
    folder: path.join(REAL_SCANS, 'head-phantom-study'),
    patientId: 'PLASTIC',
    uid: '1.3.46.670589.33.1.27492712521914879309.27169771283235650014',
    series: /brain|std/i,
  },
};

export const hasRealStudies = () => Object.values(REAL_STUDIES).every(({ folder }) => existsSync(folder));

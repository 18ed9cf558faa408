/** What other programs in Node use of the command line. */
export { loadModels } from './models/loadModels';
export { findStudies } from './score/findStudies';
export { withFitSeries } from './score/pickSeries';

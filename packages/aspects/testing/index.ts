/** Phantoms, stand-ins and made-up reports for tests; not for anything that ships. */
export { fakeAnatomyNetwork, fakeInfarctNetwork, testManifest } from './fakeNetworks';
export { fakeStackNetwork } from './fakeStackNetwork';
export { hemisphereOf, WITHOUT_EVIDENCE } from './hemisphereOf';
export { headPhantom } from './headPhantom';
export { refusalOf } from './refusalOf';
export { SCANS, type Scans, STAND_IN_SCANS } from './scans';
export {
  emptyMasks,
  FEET_FIRST,
  PRONE,
  syntheticMasks,
  syntheticReport,
  syntheticResult,
  syntheticSeries,
  ENHANCED,
  ENHANCED_IN_TWO,
  THIN,
  TILTED_UNEVEN,
} from './syntheticReport';

/** Phantoms, stand-ins and made-up reports for tests; not for anything that ships. */
export { fakeAnatomyNetwork, fakeInfarctNetwork } from './fakeNetworks';
export { fakeStackNetwork } from './fakeStackNetwork';
export { headPhantom } from './headPhantom';
export { hasRealScans, PHANTOM_STUDY, REAL_HEAD_CT } from './realScans';
export {
  emptyMasks,
  FEET_FIRST,
  PRONE,
  syntheticMasks,
  syntheticReport,
  syntheticResult,
  syntheticSeries,
  THIN,
  TILTED_UNEVEN,
} from './syntheticReport';

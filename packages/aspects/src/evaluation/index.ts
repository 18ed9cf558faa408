/** Measures of agreement between results, readers and true labels. */
export { bootstrap, type BootstrapOptions, type Estimate } from './bootstrap';
export {
  type CaseRecord,
  isReaders,
  MODEL,
  REFERENCE,
  REGION_GROUPS,
  type RegionGroupId,
  TRUE_ANATOMY,
  TRUE_INFARCT,
} from './caseRecord';
export { compareCase, type ReaderReading } from './compareCase';
export {
  type CaseFailure,
  type DataSetDescription,
  evaluationReport,
  type EvaluationReport,
} from './evaluationReport';
export { type Confusion, dice } from './overlap';
export {
  type Agreement,
  type Comparison,
  type ReadingComparison,
  regionAgreement,
  type RegionDecisionTable,
} from './readingTables';
export type { RocCurve } from './roc';
export { pooledInfarctDice, type VolumeRow } from './segmentationTables';
export { meanOfDefined } from './summary';

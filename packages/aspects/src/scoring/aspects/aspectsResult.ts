import type { QualityWarning } from '../../series/headCtSeries';
import type { RegionEvidence } from './regionEvidence';
import type { Level, RegionId, Side } from './regions';

export type Bin = 'A' | 'B' | 'C';
/** What the networks ran on: onnxruntime-web's two providers, or onnxruntime-node's CPU. */
export type Provider = 'webgpu' | 'wasm' | 'cpu';

/** The one value that the panel, the report, DICOM objects and the CLI are made from (AspectsResult 1.1). */
export interface AspectsResult {
  readonly schemaVersion: '1.1';
  /** ISO 8601 with time zone. */
  readonly createdAt: string;
  readonly software: { readonly name: string; readonly version: string };
  readonly series: SeriesSummary;
  readonly models: readonly ModelIdentity[];
  readonly runtime: Runtime;
  /** 0-10, of the worse hemisphere. */
  readonly score: number;
  readonly affectedSide: Side | 'both' | 'none';
  /** Paper, table 4: A 0-3, B 4-7, C 8-10. */
  readonly bin: Bin;
  readonly hemispheres: Readonly<Record<Side, HemisphereResult>>;
  /** Acute and subacute infarct: what counts. */
  readonly infarct: InfarctSummary;
  /** Fluid-like defects: shown, never counted. Null where the network does not tell old from acute. */
  readonly oldInfarct: OldInfarctSummary | null;
  readonly haemorrhage: HaemorrhageSummary;
  /** How the regions were decided on: calibrated evidence, or the paper's overlap. */
  readonly rule: 'evidence' | 'overlap';
  /** SOP Instance UIDs of the slices of each level. */
  readonly levels: Readonly<Record<Level, readonly string[]>>;
  readonly warnings: readonly QualityWarning[];
}

export interface SeriesSummary {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sliceCount: number;
  readonly rows: number;
  readonly columns: number;
  readonly pixelSpacingMm: readonly [number, number];
  /** Distances between neighbouring slice planes along the normal: `sliceCount - 1` numbers. */
  readonly sliceDistancesMm: readonly number[];
  readonly gantryTiltDeg: number;
}

export interface ModelIdentity {
  readonly task: 'anatomy' | 'infarct';
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
}

/** How a result was computed; times are wall time, ms. */
export interface Runtime {
  readonly provider: Provider;
  readonly adapter: string;
  readonly precision: string;
  readonly timingsMs: Readonly<Record<TimedStep | 'total', number>>;
}

/** The two networks may run concurrently: their times then overlap, and the total is less than the sum. */
export type TimedStep = 'load' | 'preprocess' | 'anatomy' | 'infarct' | 'postprocess' | 'score';

/** One hemisphere, as if the other were normal. */
export interface HemisphereResult {
  /** 0-10: 10 minus the number of affected regions. */
  readonly score: number;
  /** Ten regions, in the order of `ASPECTS_REGIONS`. */
  readonly regions: readonly RegionResult[];
}

/** One of the ten regions of one hemisphere (paper, section 4). Volumes in ml, attenuation in HU. */
export interface RegionResult {
  readonly id: RegionId;
  readonly level: Level;
  readonly volumeMl: number;
  readonly infarctMl: number;
  /** Infarcted part of the region, 0-1; 0 where the region was not found. */
  readonly infarctFraction: number;
  /** Mean attenuation of the region's voxels; null where the region was not found. */
  readonly meanHu: number | null;
  readonly contralateralMeanHu: number | null;
  readonly affected: boolean;
  readonly source: 'model' | 'reader';
  /**
   * SOP Instance UID of the slice with most infarct in the region, else with most region; null
   * where not found.
   */
  readonly keySlice: string | null;
  /** What the model said, kept when a reader decided otherwise. */
  readonly modelAffected: boolean;
  /** Calibrated probability (0-1) that a reader would call the region; null where the overlap decides. */
  readonly probability: number | null;
  /** Old infarct in the region, ml; null where the network does not tell old from acute. */
  readonly oldInfarctMl: number | null;
  /** What the network says inside the region; null where it was not found, or in results of version 1.0. */
  readonly evidence: RegionEvidence | null;
}

export interface InfarctSummary {
  readonly volumeMl: number;
  readonly leftMl: number;
  readonly rightMl: number;
  /** Inside the MCA territory (the ten regions) of either side. */
  readonly mcaMl: number;
  /** Of the territory on the affected (worse) side, 0-1: the 1/3 rule. */
  readonly fractionOfMca: number;
  readonly outsideMcaMl: number;
}

export type OldInfarctSummary = Omit<InfarctSummary, 'fractionOfMca'>;

export interface HaemorrhageSummary {
  /** The larger of what the network drew and of what the images themselves show. */
  readonly volumeMl: number;
  /** Of hyperdense tissue in the images themselves, what counts as blood in its largest body, ml. */
  readonly hyperdenseMl: number;
  /** The score then says nothing until a reader has excluded a bleeding. */
  readonly suspected: boolean;
  /** A reader has excluded what was suspected; absent otherwise. */
  readonly excludedByReader?: true;
  /**
   * SOP Instance UID of the slice with the largest cross-section of what `volumeMl` is of; null where there
   * is nothing, or it was not noted.
   */
  readonly keySlice: string | null;
}

/** A reader's decisions: they override the model region by region. */
export interface ReaderOverride {
  readonly side: Side;
  readonly region: RegionId;
  readonly affected: boolean;
}

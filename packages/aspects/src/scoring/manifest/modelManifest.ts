import type { CodedConcept } from '../../base/codedConcept';
import type { RegionId } from '../aspects/regions';

/** The two networks of the method (paper, figure 2). */
export type NetworkTask = 'anatomy' | 'infarct';

/**
 * `models/<task>/manifest.json`: everything that inference needs to know about a network, so that no code of
 * the training is needed.
 */
export interface ModelManifest {
  /** 1.1 may have several infarct classes and see through the stack (`encoder`, `context`). */
  readonly schemaVersion: '1.0' | '1.1';
  readonly task: NetworkTask;
  readonly name: string;
  readonly version: string;
  /** One line that describes it. */
  readonly architecture: string;
  /** As papers write it, such as `U-Net`. */
  readonly architectureName?: string;
  readonly parameters: number;
  readonly license: string;
  /** Model file, relative to the manifest. */
  readonly file: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly precision: 'fp32' | 'fp16' | 'int8';
  readonly input: NetworkInput;
  readonly output: NetworkOutput;
  /**
   * Present in a network that sees through the stack: its first part, run once a slice; `file` is then
   * its second part.
   */
  readonly encoder?: ModelFile;
  readonly context?: StackContext;
  /**
   * Anatomy: ids 1-10 are the regions in ASPECTS order, further ids have no region. Infarct: acute infarct
   * (1), and where the network tells them apart old infarct (2) and haemorrhage (3), in this order.
   */
  readonly classes: readonly ModelClass[];
  /** Calibrated default rule (infarct manifest only), see `ScoringRule`. */
  readonly scoring?: Readonly<Record<string, unknown>>;
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** A file of a model, relative to the manifest. */
export interface ModelFile {
  readonly file: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * What neighbouring slices tell each other in a network that sees through the stack. The encoder gives
 * `featureSize` numbers a slice; the first `size` of them, interpolated at each of `offsetsMm` along the
 * normal (positive is cranial), are the decoder's `context`.
 */
export interface StackContext {
  readonly offsetsMm: readonly number[];
  readonly size: number;
  readonly featureSize: number;
}

/**
 * How a network input is cut from the head. The grid is square, `size` pixels of `pixelSpacingMm`, in the
 * plane of the slice: columns grow towards the patient's left, rows towards posterior. The mid-sagittal line
 * is vertical in the middle (column (size - 1) / 2), and the head's antero-posterior middle is at row
 * (size - 1) / 2.
 */
export interface NetworkInput {
  /** Name of the graph input, float32 [1, channels, size, size]. */
  readonly name: string;
  readonly size: number;
  readonly pixelSpacingMm: number;
  /** Each channel is a mean over a slab this thick along the slice normal, mm. */
  readonly slabThicknessMm: number;
  /** HU window; clipped HU are mapped linearly to `range`. */
  readonly window: { readonly center: number; readonly width: number };
  readonly range: readonly [number, number];
  readonly channels: readonly NetworkChannel[];
}

/**
 * Mean of slabs at these distances along the normal (positive is cranial), optionally mirrored left-right.
 */
export interface NetworkChannel {
  readonly offsetsMm: readonly number[];
  readonly mirrored: boolean;
}

/** Which output of the graph is read, and how its values are meant. */
export interface NetworkOutput {
  /**
   * Name of the graph output, uint8 [1, size, size], or [1, classes, size, size] where there are
   * several planes.
   */
  readonly name: string;
  /**
   * `labels`: class ids. `probability`: 0-255 stands for 0-1, a plane for each of `classes` in their order.
   */
  readonly encoding: 'labels' | 'probability';
  /** Probability (0-1) from which a pixel counts as class 1; for encoding `probability`. */
  readonly threshold?: number;
  /** Thresholds of further classes, by class id. */
  readonly thresholds?: Readonly<Record<string, number>>;
}

/** Planes that a network gives for one slice. */
export function outputPlanes({ output, classes }: Pick<ModelManifest, 'output' | 'classes'>): number {
  return output.encoding === 'labels' ? 1 : classes.length;
}

export interface ModelClass {
  readonly id: number;
  readonly name: string;
  readonly region?: RegionId;
  readonly code: CodedConcept;
}

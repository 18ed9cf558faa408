/** What the comparison reads of a report of `tests/benchmarks/run.mjs`; times in ms. */
export interface BenchmarkReport {
  readonly createdAt: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  readonly cases: readonly {
    readonly name: string;
    readonly shape: string;
    readonly architectures: Readonly<Record<string, string>>;
    readonly results: readonly {
      readonly runtime: string;
      readonly skipped?: string;
      readonly slices?: Readonly<Record<string, { readonly median: number }>>;
      readonly scan?: { readonly total?: number; readonly refused?: string };
      readonly peakMemoryMb?: number;
      readonly downloadedBytes?: number | { readonly total: number };
    }[];
  }[];
  readonly viewer?: Clicks;
  /** Bytes by part of the plugin. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** The same of an older build, measured in the same run. */
  readonly before?: { readonly viewer: Clicks; readonly sizes: Readonly<Record<string, number>> };
}

/** From click to result in a viewer, and the processor time of that, by process. */
export interface Clicks {
  readonly name: string;
  readonly ohif: string;
  readonly skipped?: string;
  readonly loadAverage: readonly number[];
  readonly computations: readonly {
    readonly text: string;
    readonly clickToResult: number;
    readonly cpuMs: { readonly page: number; readonly drawing: number };
  }[];
}

export interface Change {
  readonly name: string;
  readonly runtime: string;
  readonly figure: string;
  readonly before: number;
  readonly after: number;
  readonly change: number;
}

export function ratios(report: Pick<BenchmarkReport, 'cases'>): { name: string; ratio: number }[];
export function isSameMachine(before: BenchmarkReport, after: BenchmarkReport): boolean;
export function changes(before: BenchmarkReport, after: BenchmarkReport): Change[];

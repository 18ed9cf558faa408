import { type HeadCtSeries, Refusal } from '@deep-aspects/aspects/series';
import type { AspectsEngine, RescoreRequest } from '../../inference/aspectsEngine';
import type { SessionPorts } from '../aspectsSession';
import { createMemoryDraftStore, type DraftStore } from '../drafts/draftStore';
import type { FoundReport, DraftWithImages, ReportPort } from '../reportPort';
import type { Draft, OverlayStyle, ScoringTarget } from '../state';
import type { OverlayContent, ViewerPort, WindowLevel } from '../viewerPort';
import type { Level } from '@deep-aspects/aspects/scoring';
import { fakeResult } from './fakeResult';

export const TARGET: ScoringTarget = {
  displaySetInstanceUID: 'display-set',
  studyInstanceUID: '1.2',
  seriesInstanceUID: '1.2.3',
  modality: 'CT',
  description: 'Head native',
  imageCount: 2,
};

const planes = (value: number) => [new Uint8Array(4).fill(value), new Uint8Array(4)];

function fakeSeries(): HeadCtSeries {
  const slices = ['1.2.3.0', '1.2.3.1'].map(sopInstanceUID => ({
    sopInstanceUID,
    hu: new Int16Array(4),
    position: [0, 0, 0] as const,
  }));
  return { seriesInstanceUID: '1.2.3', rows: 2, columns: 2, slices, warnings: [] } as unknown as HeadCtSeries;
}

/** A viewer that remembers what it was asked to do. */
export class FakeViewer implements ViewerPort {
  target: ScoringTarget | null = TARGET;
  jumps: string[] = [];
  messages: string[] = [];
  reads = 0;
  shown: OverlayContent | null = null;
  style: OverlayStyle | null = null;
  /** Every reading that was shown, by the affected segments. */
  marked: number[][] = [];
  window: WindowLevel | null = null;
  levels: Readonly<Record<Level, string>> | null = null;
  /** What the reader has painted. */
  painted = planes(1);
  readFailure: Error | null = null;
  private targetListener = () => undefined as void;
  private editListener = () => undefined as void;

  readonly overlay = {
    show: async (content: OverlayContent) => {
      this.shown = content;
      this.painted = content.infarct.map(plane => plane.slice());
    },
    readInfarct: async () => this.painted,
    writeInfarct: async (written: readonly Uint8Array[]) => {
      this.painted = written.map(plane => plane.slice());
    },
    setStyle: (style: OverlayStyle) => {
      this.style = style;
    },
    setMarks: (marks: OverlayContent['marks']) => {
      this.marked.push([...marks].filter(([, { affected }]) => affected).map(([segment]) => segment));
    },
    setSelected: () => undefined,
    remove: () => {
      this.shown = null;
    },
    onInfarctEdited: (listener: () => void) => {
      this.editListener = listener;
      return () => undefined;
    },
  };

  active: ScoringTarget | null = null;
  findSeries = () => ({ target: this.target, active: this.active });

  async readSeries() {
    this.reads++;
    if (this.readFailure) {
      throw this.readFailure;
    }
    return fakeSeries();
  }

  async jumpToSlice(_: ScoringTarget, sopInstanceUID: string, level: Level | null) {
    this.jumps.push(level ? `${sopInstanceUID} ${level}` : sopInstanceUID);
  }

  sliceName = (_: ScoringTarget, sopInstanceUID: string) => `I: ${sopInstanceUID}`;

  /** Slice of the active viewport. */
  sliceShown: string | null = null;
  currentSlice = () => this.sliceShown;

  async showLevels(_: ScoringTarget, slices: Readonly<Record<Level, string>>) {
    this.levels = slices;
  }

  setWindow(_: ScoringTarget, window: WindowLevel) {
    this.window = window;
  }

  hideKey: (held: boolean) => void = () => undefined;
  onHideKey(listener: (held: boolean) => void): () => void {
    this.hideKey = listener;
    return () => undefined;
  }

  onTargetMayHaveChanged(listener: () => void): () => void {
    this.targetListener = listener;
    return () => undefined;
  }

  notify(key: string) {
    this.messages.push(key);
  }

  selectSeries(target: ScoringTarget | null) {
    this.target = target;
    this.targetListener();
  }

  /** A brush stroke over the whole second plane. */
  paint() {
    this.painted = [this.painted[0], new Uint8Array(4).fill(1)];
    this.editListener();
  }
}

/** An engine whose infarct volume is the number of infarct pixels. */
export class FakeEngine implements AspectsEngine {
  rescored: RescoreRequest[] = [];
  /** What was made ready before a score, and the series that were scored. */
  prepared: ('networks' | HeadCtSeries)[] = [];
  scored: HeadCtSeries[] = [];
  scores = 0;
  disposed = false;
  failure: Error | null = null;
  /** Set to keep `score` waiting, until cancelled. */
  hangs = false;

  async prepare() {
    this.prepared.push('networks');
    return { provider: 'wasm' as const, adapter: 'CPU' };
  }

  async prepareSeries(series: HeadCtSeries) {
    this.prepared.push(series);
  }

  score: AspectsEngine['score'] = async (series, options = {}) => {
    this.scores++;
    this.scored.push(series);
    options.onProgress?.({ step: 'anatomy', done: 1, total: 2, percent: 50 });
    if (this.hangs) {
      await new Promise((_resolve, reject) =>
        options.signal?.addEventListener('abort', () => reject(new Refusal('CANCELLED', 'cancelled')))
      );
    }
    if (this.failure) {
      throw this.failure;
    }
    return { result: fakeResult(), regions: planes(5), infarct: planes(1) };
  };

  async rescore(request: RescoreRequest) {
    this.rescored.push(request);
    const pixels = request.infarct.reduce((sum, plane) => sum + plane.filter(value => value === 1).length, 0);
    return fakeResult(request.overrides, pixels);
  }

  async dispose() {
    this.disposed = true;
  }
}

export class FakeReport implements ReportPort {
  copied: { draft: Draft; length: string }[] = [];
  downloaded: { format: string; anonymous: boolean }[] = [];
  sent: DraftWithImages[] = [];
  outcome = { complete: true, message: 'stored' };

  async copy(draft: Draft, length: string) {
    this.copied.push({ draft, length });
  }

  async download(_: unknown, format: string, anonymous: boolean) {
    this.downloaded.push({ format, anonymous });
  }

  /** What the archive holds. */
  inArchive: FoundReport | null = null;

  mayHaveStored = () => this.inArchive !== null;
  findStored = async () => this.inArchive;

  async store(input: DraftWithImages, onProgress: (percent: number) => void) {
    this.sent.push(input);
    onProgress(50);
    return this.outcome;
  }
}

export interface FakePorts extends SessionPorts {
  readonly viewer: FakeViewer;
  readonly report: FakeReport;
  readonly engine: FakeEngine;
}

export function fakePorts(drafts: DraftStore = createMemoryDraftStore()): FakePorts {
  const engine = new FakeEngine();
  return { viewer: new FakeViewer(), drafts, report: new FakeReport(), engine, createEngine: () => engine };
}

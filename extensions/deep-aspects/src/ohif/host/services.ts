import type { InstanceAttributes } from './instanceAttributes';
import type { Vec3 } from '@deep-aspects/aspects/series';

/** OHIF 3.11 to 3.14: the methods of its services that this extension calls, and no more. */

export interface Subscription {
  unsubscribe(): void;
}

interface PubSub {
  readonly EVENTS: Readonly<Record<string, string>>;
  subscribe(event: string, listener: (payload?: unknown) => void): Subscription;
}

export interface DisplaySet {
  readonly displaySetInstanceUID: string;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly Modality: string;
  readonly SeriesDescription?: string;
  readonly SeriesNumber?: number | string;
  readonly imageIds?: readonly string[];
  readonly numImageFrames?: number;
  /** Made by the viewer itself, e.g. for a segmentation: not what was acquired. */
  readonly madeInClient?: boolean;
  readonly isReconstructable?: boolean;
  readonly instances?: readonly InstanceAttributes[];
}

export interface DisplaySetService extends PubSub {
  getDisplaySetByUID(displaySetInstanceUID: string): DisplaySet | undefined;
  getActiveDisplaySets(): readonly DisplaySet[];
  deleteDisplaySet?(displaySetInstanceUID: string): void;
}

export interface GridViewport {
  readonly viewportId: string;
  readonly displaySetInstanceUIDs?: readonly string[];
}

export interface ViewportGridService extends PubSub {
  getState(): {
    readonly activeViewportId: string | null;
    readonly viewports: ReadonlyMap<string, GridViewport>;
  };
  setActiveViewportId?(viewportId: string): unknown;
  setDisplaySetsForViewports(
    updates: readonly { viewportId: string; displaySetInstanceUIDs: readonly string[] }[]
  ): unknown;
}

export interface HangingProtocolService {
  getActiveProtocol?(): { readonly protocol?: { readonly id?: string } | null; readonly stageIndex?: number };
}

export interface UiNotificationService {
  show(notification: {
    title: string;
    message: string;
    type: 'info' | 'warning' | 'error';
    duration?: number;
  }): void;
}

/** Where a viewport looks, patient coordinates, mm. */
export interface HostCamera {
  readonly viewPlaneNormal?: Vec3;
  readonly focalPoint?: Vec3;
  readonly position?: Vec3;
}

/** What draws one image or volume: vtk.js's, or cornerstone's own where there is no WebGL. */
export interface HostActor {
  getProperty(): { getRGBTransferFunction?(component: number): unknown };
  setVisibility(visible: boolean): void;
}

export interface HostActorEntry {
  /** Begins with the segmentation's id where a segmentation is drawn. */
  readonly representationUID?: string;
  readonly actor: HostActor;
}

/** A viewport of cornerstone; stack and volume viewports differ in what they offer. */
export interface HostViewport {
  readonly id: string;
  readonly type: string;
  readonly element: HTMLDivElement;
  readonly canvas: HTMLCanvasElement;
  /** CSS pixels from the canvas's upper left corner of a point in the patient. */
  worldToCanvas(point: Vec3): readonly [number, number];
  /** Its inverse, on the plane that is shown. */
  canvasToWorld(point: readonly [number, number]): Vec3;
  getImageIds?(): readonly string[];
  getActors(): readonly HostActorEntry[];
  getCurrentImageIdIndex?(): number;
  getCurrentImageId?(): string | undefined;
  setImageIdIndex?(index: number): Promise<string>;
  getCamera(): HostCamera;
  setCamera(change: HostCamera): void;
  render(): void;
}

export interface CornerstoneViewportService extends PubSub {
  getCornerstoneViewport(viewportId: string): HostViewport | null | undefined;
}

export type Rgba = readonly [number, number, number, number];

export interface SegmentOptions {
  segmentIndex: number;
  label: string;
  locked: boolean;
  active: boolean;
  cachedStats: { center?: { image?: readonly number[]; world: readonly [number, number, number] } };
}

export interface RepresentationSpecifier {
  readonly viewportId?: string;
  readonly segmentationId: string;
  readonly type: 'Labelmap';
}

export interface SegmentationService {
  createLabelmapForDisplaySet(
    displaySet: DisplaySet,
    options: { segmentationId: string; label: string; segments: Readonly<Record<number, SegmentOptions>> }
  ): Promise<string>;
  getSegmentation(segmentationId: string): HostSegmentation | undefined;
  addSegmentationRepresentation(
    viewportId: string,
    options: { segmentationId: string; config?: { colorLUTOrIndex: number | readonly (readonly number[])[] } }
  ): Promise<void>;
  setSegmentColor(viewportId: string, segmentationId: string, segmentIndex: number, color: Rgba): void;
  getStyle(specifier: RepresentationSpecifier): Partial<LabelmapStyle>;
  setStyle(specifier: RepresentationSpecifier, style: LabelmapStyle): void;
  remove(segmentationId: string): void;
}

export interface HostSegmentation {
  readonly segmentationId: string;
  readonly segments: Record<number, { cachedStats?: Record<string, unknown> } | undefined>;
  readonly representationData: {
    readonly Labelmap?: { readonly imageIds?: readonly string[]; readonly volumeId?: string };
  };
}

export interface LabelmapStyle {
  readonly renderFill: boolean;
  readonly renderOutline: boolean;
  readonly fillAlpha: number;
  readonly outlineWidth: number;
  readonly outlineOpacity: number;
  readonly renderFillInactive: boolean;
  readonly renderOutlineInactive: boolean;
  readonly fillAlphaInactive: number;
  readonly outlineWidthInactive: number;
  readonly outlineOpacityInactive: number;
}

/** OHIF's current data source: only DICOMweb ones have addresses. */
export interface DataSource {
  readonly query?: {
    readonly series?: { search(studyInstanceUID: string): Promise<readonly HostSeries[]> };
  };
  /** Fetches metadata of series, tells the host of them, and makes display sets of them. */
  readonly retrieve?: {
    readonly series?: {
      metadata(query: {
        readonly StudyInstanceUID: string;
        readonly filters: { readonly seriesInstanceUID: readonly string[] };
      }): Promise<unknown>;
    };
  };
  readonly store?: { dicom(part10: ArrayBuffer): Promise<unknown> };
  /** Forgets the answer that is kept under that key, so that the next question goes to the archive. */
  deleteStudyMetadataPromise?(key: string): void;
  getConfig?(): { readonly name?: string; readonly qidoRoot?: string; readonly wadoRoot?: string };
}

/** What a data source's search tells of a series. */
export interface HostSeries {
  readonly modality?: string;
  readonly description?: string;
}

export interface UserAuthenticationService {
  getAuthorizationHeader?(): Readonly<Record<string, string>> | undefined;
}

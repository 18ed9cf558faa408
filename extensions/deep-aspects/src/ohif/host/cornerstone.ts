import type { Vec3 } from '@deep-aspects/aspects/series';
import type { HostSegmentation } from './services';

/** The parts of cornerstone (4.5 to 5.6) that are used; it is always the host's own copy. */
export interface Cornerstone {
  readonly imageLoader: { loadAndCacheImage(imageId: string): Promise<HostImage> };
  readonly cache: {
    getImage(imageId: string): DerivedImage | undefined;
    removeImageLoadObject(imageId: string, options?: { force?: boolean }): void;
    getVolume(volumeId: string): { readonly imageIds?: readonly string[] } | undefined;
  };
  readonly metaData: { get(type: string, imageId: string): unknown };
  readonly eventTarget: EventTarget;
  readonly Enums: { readonly Events: { readonly ACTORS_CHANGED: string } };
  readonly utilities: {
    jumpToSlice(
      element: HTMLDivElement,
      options: { imageIndex: number; debounceLoading?: boolean }
    ): Promise<void>;
  };
}

export interface CornerstoneTools {
  readonly Enums: { readonly Events: { readonly SEGMENTATION_DATA_MODIFIED: string } };
  /** `L`, or `LP` where it is oblique, of a direction in the patient; empty for no direction. */
  readonly utilities: {
    readonly orientation: { getOrientationStringLPS(direction: Vec3): string };
  };
  readonly segmentation: {
    readonly state: {
      getSegmentation(segmentationId: string): HostSegmentation | undefined;
      getSegmentationRepresentation(
        viewportId: string,
        specifier: { segmentationId: string; type: 'Labelmap' }
      ): HostRepresentation | undefined;
    };
    readonly triggerSegmentationEvents: {
      triggerSegmentationDataModified(segmentationId: string, modifiedSlices?: number[]): void;
      triggerSegmentationRepresentationModified(
        viewportId: string,
        segmentationId: string,
        type?: 'Labelmap'
      ): void;
    };
  };
}

/** How one viewport draws a segmentation: cornerstone's own, live object. */
export interface HostRepresentation {
  visible: boolean;
  readonly colorLUTIndex: number;
  readonly segments: Readonly<Record<number, { visible: boolean }>>;
}

/** A decoded slice. */
export interface HostImage {
  readonly imageId: string;
  readonly rows: number;
  readonly columns: number;
  readonly slope?: number;
  readonly intercept?: number;
  readonly preScale?: { readonly scaled?: boolean };
  getPixelData(): ArrayLike<number>;
}

/** A plane of a labelmap, made by the host for a CT slice. */
export interface DerivedImage {
  readonly imageId: string;
  /** The CT slice that it lies on. */
  readonly referencedImageId?: string;
  readonly voxelManager: {
    getScalarData(): Uint8Array;
    setScalarData?(data: Uint8Array): void;
  };
}

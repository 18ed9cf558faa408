import { segmentLabel } from '../core/aspects/regions';
import { throwIfCancelled } from './cancellation';
import { ctMetadataOf } from './ctMetadata';
import { viewportsShowing } from './displaySets';
import type { Cornerstone, CornerstoneTools, DerivedImage } from './host/cornerstone';
import { cornerstoneLibraries, type OhifManagers } from './host/managers';
import type { LabelmapStyle, Rgba, SegmentOptions } from './host/services';
import { INFARCT_COLOUR, SEGMENT_COLOURS } from './labelmapColours';
import { centresInPlane, patientPoint, type PlaneGeometry } from './segmentCentres';
import type { OverlayStyle } from './state';
import type { OverlayContent, OverlayPort } from './viewerPort';
import { segmentIndexOf } from '../core/aspects/regions';
import { mapInTurns } from './yielding';

/** One of the two segmentations. */
interface Layer {
  readonly name: 'regions' | 'infarct';
  readonly label: string;
  readonly colours: ReadonlyMap<number, Rgba>;
  readonly segmentLabel: (segmentIndex: number) => string;
}

const REGIONS: Layer = { name: 'regions', label: 'ASPECTS regions', colours: SEGMENT_COLOURS, segmentLabel };
const INFARCT: Layer = {
  name: 'infarct',
  label: 'Infarct',
  colours: new Map([[1, INFARCT_COLOUR]]),
  segmentLabel: () => 'Infarct',
};
const LAYERS = [REGIONS, INFARCT] as const;

function segmentationIdOf(layer: Layer, displaySetInstanceUID: string): string {
  return `deep-aspects-${layer.name}-${displaySetInstanceUID}`;
}

/**
 * The two segmentations in the host's segmentation service. The planes of a segmentation are the host's own images beside
 * each CT slice, so that tilted and unevenly spaced series, stack and volume viewports are all the same to us. A second
 * result for the same series is written into the same planes: nothing piles up.
 */
export class LabelmapOverlay implements OverlayPort {
  private shown: OverlayContent | null = null;
  private style: OverlayStyle | null = null;
  /** True while we write: what changes then is no reader's edit. */
  private writing = false;

  constructor(private readonly managers: OhifManagers) {}

  async show(content: OverlayContent, signal?: AbortSignal): Promise<void> {
    if (this.shown && this.shown.target.displaySetInstanceUID !== content.target.displaySetInstanceUID) {
      this.remove();
    }
    for (const layer of LAYERS) {
      await this.ensureSegmentation(layer, content);
      throwIfCancelled(signal);
    }
    this.shown = content;
    await this.write(REGIONS, content.regions, signal);
    await this.write(INFARCT, content.infarct, signal);
    await this.showInViewports();
  }

  async readInfarct(): Promise<Uint8Array[]> {
    const content = this.required();
    const planes = this.planesOf(INFARCT, content);
    return mapInTurns(content.sliceUIDs, (uid, index) => {
      const drawn = planes.get(uid)?.voxelManager.getScalarData();
      return drawn ? Uint8Array.from(drawn, value => (value === 0 ? 0 : 1)) : content.infarct[index];
    });
  }

  writeInfarct(planes: readonly Uint8Array[]): Promise<void> {
    return this.write(INFARCT, planes);
  }

  setStyle(style: OverlayStyle): void {
    this.style = style;
    if (!this.shown) {
      return;
    }
    for (const viewportId of this.viewportIds()) {
      for (const layer of LAYERS) {
        this.applyStyle(viewportId, layer, style);
      }
    }
  }

  remove(): void {
    const { displaySetService, segmentationService } = this.managers.servicesManager.services;
    const content = this.shown;
    this.shown = null;
    if (!content) {
      return;
    }
    const { cornerstone } = this.libraries();
    for (const layer of LAYERS) {
      const segmentationId = segmentationIdOf(layer, content.target.displaySetInstanceUID);
      const imageIds = this.imageIdsOf(segmentationId);
      if (segmentationService.getSegmentation(segmentationId)) {
        segmentationService.remove(segmentationId);
      }
      imageIds
        .filter(imageId => cornerstone.cache.getImage(imageId))
        .forEach(imageId => {
          cornerstone.cache.removeImageLoadObject(imageId, { force: true });
        });
      if (displaySetService.getDisplaySetByUID(segmentationId)?.madeInClient) {
        displaySetService.deleteDisplaySet?.(segmentationId);
      }
    }
  }

  /** Adds the overlay to viewports that were opened, or were given the series, since. */
  async showInViewports(): Promise<void> {
    const content = this.shown;
    if (!content) {
      return;
    }
    const { segmentationService } = this.managers.servicesManager.services;
    for (const viewportId of this.viewportIds()) {
      for (const layer of LAYERS) {
        const segmentationId = segmentationIdOf(layer, content.target.displaySetInstanceUID);
        if (segmentationService.getSegmentationRepresentations(viewportId, { segmentationId }).length > 0) {
          continue;
        }
        await segmentationService.addSegmentationRepresentation(viewportId, { segmentationId });
        for (const [index, colour] of layer.colours) {
          segmentationService.setSegmentColor(viewportId, segmentationId, index, colour);
        }
        if (this.style) {
          this.applyStyle(viewportId, layer, this.style);
        }
      }
    }
  }

  onInfarctEdited(listener: () => void): () => void {
    const { cornerstone, cornerstoneTools } = this.libraries();
    const event = cornerstoneTools.Enums.Events.SEGMENTATION_DATA_MODIFIED;
    const onModified = (modified: Event) => {
      const { detail } = modified as CustomEvent<{ segmentationId?: string }>;
      const displaySet = this.shown?.target.displaySetInstanceUID;
      if (!this.writing && displaySet && detail?.segmentationId === segmentationIdOf(INFARCT, displaySet)) {
        listener();
      }
    };
    cornerstone.eventTarget.addEventListener(event, onModified);
    return () => cornerstone.eventTarget.removeEventListener(event, onModified);
  }

  private libraries(): { cornerstone: Cornerstone; cornerstoneTools: CornerstoneTools } {
    return cornerstoneLibraries(this.managers.extensionManager);
  }

  private required(): OverlayContent {
    if (!this.shown) {
      throw new Error('No ASPECTS result is shown.');
    }
    return this.shown;
  }

  private viewportIds(): string[] {
    const { viewportGridService, cornerstoneViewportService } = this.managers.servicesManager.services;
    return viewportsShowing(viewportGridService, this.required().target.displaySetInstanceUID).filter(
      viewportId => cornerstoneViewportService.getCornerstoneViewport(viewportId)
    );
  }

  private async ensureSegmentation(layer: Layer, content: OverlayContent): Promise<void> {
    const { displaySetService, segmentationService } = this.managers.servicesManager.services;
    const { displaySetInstanceUID } = content.target;
    const segmentationId = segmentationIdOf(layer, displaySetInstanceUID);
    const segments = this.segmentOptions(layer, content);
    const existing = segmentationService.getSegmentation(segmentationId);
    if (existing) {
      for (const [index, { cachedStats }] of Object.entries(segments)) {
        Object.assign((existing.segments[Number(index)] ?? {}).cachedStats ?? {}, cachedStats);
      }
      return;
    }
    const displaySet = displaySetService.getDisplaySetByUID(displaySetInstanceUID);
    if (!displaySet) {
      throw new Error('The series is no longer open in the viewer.');
    }
    await segmentationService.createLabelmapForDisplaySet(displaySet, {
      segmentationId,
      label: layer.label,
      segments,
    });
  }

  /**
   * Names and centres of a layer's segments. The host's own centre assumes even spacing and would jump to a wrong slice.
   */
  private segmentOptions(layer: Layer, content: OverlayContent): Record<number, SegmentOptions> {
    const centres = layer === REGIONS ? this.regionCentres(content) : this.infarctCentre(content);
    const options: Record<number, SegmentOptions> = {};
    for (const segmentIndex of layer.colours.keys()) {
      const world = centres.get(segmentIndex);
      options[segmentIndex] = {
        segmentIndex,
        label: layer.segmentLabel(segmentIndex),
        locked: layer === REGIONS,
        active: segmentIndex === 1,
        cachedStats: world ? { center: { world } } : {},
      };
    }
    return options;
  }

  private regionCentres({
    target,
    sliceUIDs,
    regions,
    keySlices,
  }: OverlayContent): Map<number, [number, number, number]> {
    const geometries = this.geometries(target.displaySetInstanceUID);
    const centres = new Map<number, [number, number, number]>();
    for (const uid of new Set(Object.values(keySlices))) {
      const plane = regions[sliceUIDs.indexOf(uid)];
      const geometry = geometries.get(uid);
      if (!plane || !geometry) {
        continue;
      }
      for (const [index, { x, y }] of centresInPlane(plane, geometry.columns)) {
        if (keySlices[index] === uid) {
          centres.set(index, patientPoint(geometry, x, y));
        }
      }
    }
    return centres;
  }

  private infarctCentre({
    target,
    sliceUIDs,
    infarct,
  }: OverlayContent): Map<number, [number, number, number]> {
    const geometries = this.geometries(target.displaySetInstanceUID);
    let most = 0;
    let world: [number, number, number] | undefined;
    sliceUIDs.forEach((uid, i) => {
      const geometry = geometries.get(uid);
      const centre = geometry && centresInPlane(infarct[i], geometry.columns).get(1);
      if (geometry && centre && centre.pixels > most) {
        most = centre.pixels;
        world = patientPoint(geometry, centre.x, centre.y);
      }
    });
    return new Map(world ? [[1, world]] : []);
  }

  /** Geometry of each CT slice by SOP Instance UID. */
  private geometries(displaySetInstanceUID: string): Map<string, PlaneGeometry> {
    const { cornerstone } = this.libraries();
    const displaySet =
      this.managers.servicesManager.services.displaySetService.getDisplaySetByUID(displaySetInstanceUID);
    const geometries = new Map<string, PlaneGeometry>();
    for (const imageId of displaySet?.imageIds ?? []) {
      const metadata = ctMetadataOf(cornerstone, imageId);
      const {
        imagePositionPatient: position,
        imageOrientationPatient: o,
        pixelSpacing: spacing,
        columns,
      } = metadata;
      if (position && o && spacing && columns) {
        const rowDirection = [o[0], o[1], o[2]] as const;
        const columnDirection = [o[3], o[4], o[5]] as const;
        geometries.set(metadata.sopInstanceUID, {
          position,
          rowDirection,
          columnDirection,
          spacing,
          columns,
        });
      }
    }
    return geometries;
  }

  private imageIdsOf(segmentationId: string): readonly string[] {
    const { cornerstone, cornerstoneTools } = this.libraries();
    const labelmap =
      cornerstoneTools.segmentation.state.getSegmentation(segmentationId)?.representationData.Labelmap;
    const ofVolume = labelmap?.volumeId
      ? cornerstone.cache.getVolume(labelmap.volumeId)?.imageIds
      : undefined;
    return labelmap?.imageIds ?? ofVolume ?? [];
  }

  /** The host's labelmap planes by the SOP Instance UID of the CT slice that each lies on. */
  private planesOf(layer: Layer, content: OverlayContent): Map<string, DerivedImage> {
    const { cornerstone } = this.libraries();
    const planes = new Map<string, DerivedImage>();
    for (const imageId of this.imageIdsOf(segmentationIdOf(layer, content.target.displaySetInstanceUID))) {
      const image = cornerstone.cache.getImage(imageId);
      if (image?.referencedImageId) {
        planes.set(ctMetadataOf(cornerstone, image.referencedImageId).sopInstanceUID, image);
      }
    }
    return planes;
  }

  private async write(layer: Layer, values: readonly Uint8Array[], signal?: AbortSignal): Promise<void> {
    const content = this.required();
    const planes = this.planesOf(layer, content);
    await mapInTurns(
      content.sliceUIDs,
      (uid, index) => {
        const manager = planes.get(uid)?.voxelManager;
        if (manager) {
          const data = manager.getScalarData();
          data.set(values[index]);
          manager.setScalarData?.(data);
        }
      },
      signal
    );
    const { cornerstoneTools } = this.libraries();
    this.writing = true;
    try {
      cornerstoneTools.segmentation.triggerSegmentationEvents.triggerSegmentationDataModified(
        segmentationIdOf(layer, content.target.displaySetInstanceUID)
      );
    } finally {
      this.writing = false;
    }
  }

  private applyStyle(viewportId: string, layer: Layer, style: OverlayStyle): void {
    const { segmentationService } = this.managers.servicesManager.services;
    const segmentationId = segmentationIdOf(layer, this.required().target.displaySetInstanceUID);
    if (segmentationService.getSegmentationRepresentations(viewportId, { segmentationId }).length === 0) {
      return;
    }
    segmentationService.setStyle({ viewportId, segmentationId, type: 'Labelmap' }, labelmapStyle(style));
    const only = layer === REGIONS && style.only ? segmentIndexOf(style.only.region, style.only.side) : null;
    for (const index of layer.colours.keys()) {
      const visible = style.visible && (only === null || index === only);
      segmentationService.setSegmentVisibility(viewportId, segmentationId, index, visible, 'Labelmap');
    }
  }
}

/** The same look whether the segmentation is the active one or not: neither is more important to a reader. */
function labelmapStyle({ opacity, mode }: OverlayStyle): LabelmapStyle {
  const renderFill = mode !== 'outline';
  const renderOutline = mode !== 'fill';
  return {
    renderFill,
    renderOutline,
    fillAlpha: opacity,
    outlineWidth: 2,
    outlineOpacity: 1,
    renderFillInactive: renderFill,
    renderOutlineInactive: renderOutline,
    fillAlphaInactive: opacity,
    outlineWidthInactive: 2,
    outlineOpacityInactive: 1,
  };
}

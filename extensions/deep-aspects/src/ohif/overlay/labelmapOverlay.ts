import { throwIfCancelled } from '@deep-aspects/aspects/series';
import { viewportsShowing } from '../displaySets';
import { hasOverlay } from '../hangingProtocol/strokeTriageProtocol';
import { cornerstoneLibraries, type OhifManagers } from '../host/managers';
import type { LabelmapStyle } from '../host/services';
import { INITIAL_OVERLAY, type OverlayStyle, type RegionRef } from '../../session/state';
import type { OverlayContent, OverlayPort } from '../../session/viewerPort';
import { mapInTurns } from '../../session/yielding';
import { planeImageIds, planesBySlice, readInfarctPlane, writePlane } from './labelmapPlanes';
import { colourTable, INFARCT, LAYERS, REGIONS, segmentationIdOf, type Layer } from './layers';
import { labelmapStyle } from './labelmapStyle';
import { OutlineOverlay } from './outlineOverlay';
import type { RegionMark } from '../../session/regionMarks';
import { segmentOptions } from './segmentOptions';
import { hideUncolouredActors, isColoured } from './uncolouredActors';

/**
 * Waits between looks at whether the overlay has appeared, ms: short ones for a fast machine, long ones
 * for a slow one.
 */
const REDRAW_PAUSES_MS = [100, 300, 700, 1500, 3000, 3000, 6000, 6000, 12_000, 24_000];

/**
 * The two segmentations in the host's segmentation service, and the outlines of the regions over them. The
 * planes of a segmentation are the host's own images next to each CT slice, so that tilted and unevenly
 * spaced series, stack and volume viewports are all the same to us. A second result for the same series is
 * written into the same planes: nothing piles up.
 *
 * The host redraws a viewport once a frame and event, and queues events without end: colours and visibility
 * of twenty segments are therefore set at once, never one call a segment; what is so already is not set; and
 * bare viewports have the segmentations only while the reader is in them.
 */
export class LabelmapOverlay implements OverlayPort {
  private shown: OverlayContent | null = null;
  private style: OverlayStyle = INITIAL_OVERLAY;
  /** True while we write: what changes then is no reader's edit. */
  private writing = false;
  private arranging: Promise<void> = Promise.resolve();
  /** Index of each layer's colours in the host's tables. */
  private readonly colourTables = new Map<Layer, number>();
  /** Counts the times that viewports were arranged: only the last is watched until it is seen. */
  private arrangements = 0;

  private readonly outlines: OutlineOverlay;

  constructor(private readonly managers: OhifManagers) {
    this.outlines = new OutlineOverlay(managers);
  }

  async show(content: OverlayContent, signal?: AbortSignal): Promise<void> {
    if (this.shown && this.shown.target.displaySetInstanceUID !== content.target.displaySetInstanceUID) {
      this.remove();
    }
    // One listener for all viewports, those not yet built too: the event does not bubble, but
    // can be captured.
    document.addEventListener(this.actorsChanged, hideUncolouredActors, true);
    for (const layer of LAYERS) {
      await this.ensureSegmentation(layer, content);
      throwIfCancelled(signal);
    }
    this.shown = content;
    this.outlines.show(content);
    await this.write(REGIONS, content.regions, signal);
    await this.write(INFARCT, content.infarct, signal);
    await this.showInViewports();
  }

  async readInfarct(): Promise<Uint8Array[]> {
    const content = this.required();
    const planes = planesBySlice(this.libraries, this.idOf(INFARCT));
    return mapInTurns(content.sliceUIDs, (uid, index) => {
      const image = planes.get(uid);
      return image ? readInfarctPlane(image) : content.infarct[index];
    });
  }

  writeInfarct(planes: readonly Uint8Array[]): Promise<void> {
    return this.write(INFARCT, planes);
  }

  setMarks(marks: ReadonlyMap<number, RegionMark>): void {
    if (this.shown) {
      this.shown = { ...this.shown, marks };
      this.outlines.setMarks(marks);
      this.setStyle(this.style);
    }
  }

  setSelected(region: RegionRef | null): void {
    this.outlines.setSelected(region);
  }

  setStyle(style: OverlayStyle): void {
    this.style = style;
    this.outlines.setStyle(style);
    this.viewportIds().forEach(viewportId => this.applyStyle(viewportId));
  }

  remove(): void {
    const content = this.shown;
    this.shown = null;
    this.outlines.remove();
    this.colourTables.clear();
    if (!content) {
      return;
    }
    document.removeEventListener(this.actorsChanged, hideUncolouredActors, true);
    const { displaySetService, segmentationService } = this.services;
    const { cache } = this.libraries.cornerstone;
    for (const layer of LAYERS) {
      const segmentationId = segmentationIdOf(layer, content.target.displaySetInstanceUID);
      const imageIds = planeImageIds(this.libraries, segmentationId);
      if (segmentationService.getSegmentation(segmentationId)) {
        segmentationService.remove(segmentationId);
      }
      imageIds
        .filter(imageId => cache.getImage(imageId))
        .forEach(imageId => cache.removeImageLoadObject(imageId, { force: true }));
      if (displaySetService.getDisplaySetByUID(segmentationId)?.madeInClient) {
        displaySetService.deleteDisplaySet?.(segmentationId);
      }
    }
  }

  /**
   * Puts the overlay into the viewport, or into all that show the series: those opened since, too, and those
   * whose images the host has set anew, which takes the drawn overlay out of them. One at a time, since
   * viewports change in bursts. A bare viewport gets the masks, hidden, when it is the active one: the host's
   * brush paints only where they are.
   */
  showInViewports(viewportId?: string): Promise<void> {
    this.arranging = this.arranging
      .catch(() => undefined)
      .then(async () => {
        const { activeViewportId } = this.services.viewportGridService.getState();
        const ids = this.viewportIds()
          .filter(one => !viewportId || one === viewportId)
          .filter(one => hasOverlay(one) || one === activeViewportId);
        // Ahead of the many requests that adding makes for one viewport after the other: the last would get
        // its colours late.
        ids.filter(id => hasOverlay(id) && !this.isSeen(id)).forEach(id => this.redraw(id));
        for (const id of ids) {
          await this.showInViewport(id);
        }
        void this.redrawUntilSeen();
      });
    return this.arranging;
  }

  onInfarctEdited(listener: () => void): () => void {
    const { cornerstone, cornerstoneTools } = this.libraries;
    const event = cornerstoneTools.Enums.Events.SEGMENTATION_DATA_MODIFIED;
    const onModified = (modified: Event) => {
      const { detail } = modified as CustomEvent<{ segmentationId?: string }>;
      if (!this.writing && this.shown && detail?.segmentationId === this.idOf(INFARCT)) {
        listener();
      }
    };
    cornerstone.eventTarget.addEventListener(event, onModified);
    return () => cornerstone.eventTarget.removeEventListener(event, onModified);
  }

  private get services() {
    return this.managers.servicesManager.services;
  }

  private get libraries() {
    return cornerstoneLibraries(this.managers.extensionManager);
  }

  private get actorsChanged(): string {
    return this.libraries.cornerstone.Enums.Events.ACTORS_CHANGED;
  }

  private required(): OverlayContent {
    if (!this.shown) {
      throw new Error('No ASPECTS result is shown.');
    }
    return this.shown;
  }

  private idOf(layer: Layer): string {
    return segmentationIdOf(layer, this.required().target.displaySetInstanceUID);
  }

  /** Viewports that show the series; none while there is no overlay. */
  private viewportIds(): string[] {
    if (!this.shown) {
      return [];
    }
    const { viewportGridService, cornerstoneViewportService } = this.services;
    const { displaySetInstanceUID } = this.shown.target;
    return viewportsShowing(viewportGridService, displaySetInstanceUID).filter(viewportId =>
      cornerstoneViewportService.getCornerstoneViewport(viewportId)
    );
  }

  private async ensureSegmentation(layer: Layer, content: OverlayContent): Promise<void> {
    const { displaySetService, segmentationService } = this.services;
    const { displaySetInstanceUID } = content.target;
    const displaySet = displaySetService.getDisplaySetByUID(displaySetInstanceUID);
    if (!displaySet) {
      throw new Error('The series is no longer open in the viewer.');
    }
    const segmentationId = segmentationIdOf(layer, displaySetInstanceUID);
    const segments = await segmentOptions(layer, content, this.libraries.cornerstone, displaySet);
    const existing = segmentationService.getSegmentation(segmentationId);
    if (!existing) {
      const options = { segmentationId, label: layer.label, segments };
      await segmentationService.createLabelmapForDisplaySet(displaySet, options);
      return;
    }
    for (const [index, { cachedStats }] of Object.entries(segments)) {
      Object.assign(existing.segments[Number(index)]?.cachedStats ?? {}, cachedStats);
    }
  }

  private async showInViewport(viewportId: string): Promise<void> {
    const { segmentationService } = this.services;
    const missing = LAYERS.filter(layer => !this.representation(viewportId, layer));
    // Ahead, while there is nothing that this would have redrawn.
    missing.forEach(layer => this.applyLook(viewportId, layer));
    for (const layer of missing) {
      await segmentationService.addSegmentationRepresentation(viewportId, {
        segmentationId: this.idOf(layer),
        config: { colorLUTOrIndex: this.colourTables.get(layer) ?? colourTable(layer) },
      });
      this.rememberColours(viewportId, layer);
    }
    this.applyStyle(viewportId);
  }

  /**
   * One request for both layers: the host answers one a frame, in turn, so that further ones would hold up
   * the other viewports.
   */
  private redraw(viewportId: string): void {
    const { triggerSegmentationEvents } = this.libraries.cornerstoneTools.segmentation;
    triggerSegmentationEvents.triggerSegmentationRepresentationModified(
      viewportId,
      this.idOf(REGIONS),
      'Labelmap'
    );
  }

  /**
   * Asks again for viewports in which the overlay has not appeared: the host's drawing queue stops at a
   * request that concerned no viewport, and goes on only with the next request. Asked once more after it was
   * seen, since an earlier request for that viewport may still wait.
   */
  private async redrawUntilSeen(): Promise<void> {
    const content = this.shown;
    const arrangement = ++this.arrangements;
    const seen = new Set<string>();
    for (const pause of REDRAW_PAUSES_MS) {
      await new Promise(resolve => setTimeout(resolve, pause));
      if (this.shown !== content || this.arrangements !== arrangement) {
        return;
      }
      const unseen = this.viewportIds().filter(id => hasOverlay(id) && !seen.has(id));
      if (unseen.length === 0) {
        return;
      }
      for (const id of unseen) {
        if (this.isSeen(id)) {
          seen.add(id);
        }
        this.redraw(id);
      }
    }
  }

  /** Whether both layers are drawn there in their colours: without, they are hidden. */
  private isSeen(viewportId: string): boolean {
    const viewport = this.services.cornerstoneViewportService.getCornerstoneViewport(viewportId);
    const coloured = (viewport?.getActors() ?? []).filter(({ actor }) => isColoured(actor));
    return LAYERS.map(layer => this.idOf(layer)).every(id =>
      coloured.some(({ representationUID }) => representationUID?.startsWith(id))
    );
  }

  /**
   * So that representations which the host itself adds later have our colours, and its tables do not pile up.
   */
  private rememberColours(viewportId: string, layer: Layer): void {
    const colourIndex = this.representation(viewportId, layer)?.colorLUTIndex;
    const [first] = layer.colours;
    if (colourIndex !== undefined && first && !this.colourTables.has(layer)) {
      this.colourTables.set(layer, colourIndex);
      this.services.segmentationService.setSegmentColor(viewportId, this.idOf(layer), ...first);
    }
  }

  private representation(viewportId: string, layer: Layer) {
    const { state } = this.libraries.cornerstoneTools.segmentation;
    return state.getSegmentationRepresentation(viewportId, {
      segmentationId: this.idOf(layer),
      type: 'Labelmap',
    });
  }

  private async write(layer: Layer, values: readonly Uint8Array[], signal?: AbortSignal): Promise<void> {
    const content = this.required();
    const planes = planesBySlice(this.libraries, this.idOf(layer));
    await mapInTurns(
      content.sliceUIDs,
      (uid, index) => {
        const image = planes.get(uid);
        if (image) {
          writePlane(image, values[index]);
        }
      },
      signal
    );
    const { triggerSegmentationEvents } = this.libraries.cornerstoneTools.segmentation;
    this.writing = true;
    try {
      triggerSegmentationEvents.triggerSegmentationDataModified(this.idOf(layer));
    } finally {
      this.writing = false;
    }
  }

  /** Sets look and visibility of both layers, and has the viewport redrawn if that changes anything. */
  private applyStyle(viewportId: string): void {
    const layers = LAYERS.filter(layer => this.representation(viewportId, layer));
    // Setting the look redraws by itself, with what is visible by then.
    const changed = layers.map(layer => this.applyVisibility(viewportId, layer));
    const redrawn = layers.map(layer => this.applyLook(viewportId, layer));
    if (changed.includes(true) && !redrawn.includes(true)) {
      this.redraw(viewportId);
    }
  }

  /** Without an event a segment: it shows with the next redrawing. Returns whether anything is changed. */
  private applyVisibility(viewportId: string, layer: Layer): boolean {
    const representation = this.representation(viewportId, layer);
    if (!representation) {
      return false;
    }
    const isShown = this.isShownIn(viewportId, layer);
    let isChanged = representation.visible !== isShown;
    representation.visible = isShown;
    for (const [index, segment] of Object.entries(representation.segments)) {
      const visible = isShown && (layer === INFARCT || this.isAffected(Number(index)));
      isChanged ||= segment.visible !== visible;
      segment.visible = visible;
    }
    return isChanged;
  }

  /** Returns whether the host had another look there. */
  private applyLook(viewportId: string, layer: Layer): boolean {
    const { segmentationService } = this.services;
    const specifier = { viewportId, segmentationId: this.idOf(layer), type: 'Labelmap' } as const;
    const style = labelmapStyle(this.style);
    const now = segmentationService.getStyle(specifier);
    const isChanged = (Object.keys(style) as (keyof LabelmapStyle)[]).some(key => now[key] !== style[key]);
    if (isChanged) {
      segmentationService.setStyle(specifier, style);
    }
    return isChanged;
  }

  /**
   * The host draws the infarct, and affected regions in planes through a volume, where our
   * outlines cannot lie.
   */
  private isShownIn(viewportId: string, layer: Layer): boolean {
    const { visible, held, mode } = this.style;
    if (!visible || held || !hasOverlay(viewportId)) {
      return false;
    }
    const viewport = this.services.cornerstoneViewportService.getCornerstoneViewport(viewportId);
    return layer === INFARCT || (viewport?.type !== 'stack' && mode !== 'infarct');
  }

  private isAffected(segmentIndex: number): boolean {
    return this.shown?.marks.get(segmentIndex)?.affected === true;
  }
}

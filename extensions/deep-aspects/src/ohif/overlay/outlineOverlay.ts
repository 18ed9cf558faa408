import {
  type Cover,
  regionOutlineSteps,
  type Point,
  type SegmentOutline,
} from '@deep-aspects/aspects/report';
import { segmentIndexOf } from '@deep-aspects/aspects/scoring';
import { nextTurn } from '@deep-aspects/aspects/series';
import { runInTurns } from '../../session/yielding';
import { translate } from '../../i18n/translate';
import { ctMetadataOf } from '../ctMetadata';
import { hasOverlay, levelOf } from '../hangingProtocol/strokeTriageProtocol';
import { cornerstoneLibraries, type OhifManagers } from '../host/managers';
import type { HostViewport } from '../host/services';
import { INITIAL_OVERLAY, type OverlayStyle, type RegionRef } from '../../session/state';
import type { OverlayContent } from '../../session/viewerPort';
import { OutlineDrawing, type SliceToViewport, type OutlineSlice } from './outlineDrawing';
import { onImageRendered } from './onImageRendered';
import type { RegionMark } from '../../session/regionMarks';
import { planeGeometryOf, patientPoint, type PlaneGeometry } from './segmentCentres';

const NOTHING: ReadonlyMap<number, never> = new Map<number, never>();

interface ShownImage {
  readonly plane: number;
  readonly uid: string;
  readonly geometry: PlaneGeometry;
}

/**
 * Outlines and names of the regions over every stack viewport that shows a slice of the result, those opened
 * later too. The images themselves stay bare in the viewports that are for looking.
 */
export class OutlineOverlay {
  private content: OverlayContent | null = null;
  private marks: ReadonlyMap<number, RegionMark> = NOTHING;
  private style: OverlayStyle = INITIAL_OVERLAY;
  private selected: number | null = null;
  private endListening: () => void = () => undefined;
  private readonly drawings = new Map<string, OutlineDrawing>();
  private readonly outlines = new Map<number, ReadonlyMap<number, SegmentOutline>>();
  private computed: Promise<void> = Promise.resolve();
  private readonly images = new Map<string, ShownImage | null>();
  /** What is drawn on each plane, with and without overlay, as long as nothing changes. */
  private readonly slices = new Map<string, OutlineSlice>();

  constructor(private readonly managers: OhifManagers) {}

  show(content: OverlayContent): void {
    this.remove();
    this.content = content;
    this.marks = content.marks;
    this.endListening = onImageRendered(viewportId => this.draw(viewportId));
    this.drawAll();
  }

  setMarks(marks: ReadonlyMap<number, RegionMark>): void {
    this.marks = marks;
    this.slices.clear();
    this.drawAll();
  }

  setStyle(style: OverlayStyle): void {
    this.style = style;
    this.slices.clear();
    this.drawAll();
  }

  setSelected(region: RegionRef | null): void {
    this.selected = region && segmentIndexOf(region.region, region.side);
    this.slices.clear();
    this.drawAll();
  }

  remove(): void {
    this.endListening();
    this.drawings.forEach(drawing => drawing.remove());
    [this.drawings, this.outlines, this.images, this.slices].forEach(map => map.clear());
    this.content = null;
  }

  private drawAll(): void {
    const { viewportGridService } = this.managers.servicesManager.services;
    [...viewportGridService.getState().viewports.keys()].forEach(id => this.draw(id));
  }

  private draw(viewportId: string): void {
    const viewport =
      this.managers.servicesManager.services.cornerstoneViewportService.getCornerstoneViewport(viewportId);
    const image = viewport && this.imageOf(viewport);
    if (!viewport || !image) {
      this.drawings.get(viewportId)?.remove();
      this.drawings.delete(viewportId);
      return;
    }
    let drawing = this.drawings.get(viewportId);
    if (!drawing?.isAttached) {
      drawing = new OutlineDrawing(viewport.canvas.parentElement ?? viewport.element);
      this.drawings.set(viewportId, drawing);
    }
    drawing.draw(this.sliceOf(viewportId, image), image.uid, affineOf(viewport, image.geometry));
  }

  /** The slice in a viewport; null where it is none of the result, or a plane through a volume. */
  private imageOf(viewport: HostViewport): ShownImage | null {
    const imageId = viewport.type === 'stack' ? viewport.getCurrentImageId?.() : undefined;
    if (!imageId || !this.content) {
      return null;
    }
    let image = this.images.get(imageId);
    if (image === undefined) {
      const { cornerstone } = cornerstoneLibraries(this.managers.extensionManager);
      const metadata = ctMetadataOf(cornerstone, imageId);
      const plane = this.content.sliceUIDs.indexOf(metadata.sopInstanceUID);
      const geometry = planeGeometryOf(metadata);
      image = plane >= 0 && geometry ? { plane, uid: metadata.sopInstanceUID, geometry } : null;
      this.images.set(imageId, image);
    }
    return image;
  }

  private sliceOf(viewportId: string, { plane, geometry }: ShownImage): OutlineSlice {
    const level = levelOf(viewportId);
    const isDrawn = hasOverlay(viewportId) && this.style.visible && !this.style.held;
    const key = [plane, level, isDrawn].join();
    let slice = this.slices.get(key);
    if (!slice) {
      const { only, mode, opacity } = this.style;
      const onlySegment = only && segmentIndexOf(only.region, only.side);
      const isShown = (segment: number) =>
        onlySegment !== null
          ? segment === onlySegment
          : mode === 'regions' ||
            Boolean(this.marks.get(segment)?.affected || this.marks.get(segment)?.byReader);
      slice = {
        outlines: isDrawn && mode !== 'infarct' ? this.outlinesOf(plane, geometry) : NOTHING,
        marks: this.marks,
        isShown,
        selected: this.selected,
        opacity,
        coverAt: point => this.coverAt(plane, geometry.columns, isShown, point),
        caption: level ? translate(`regions.${level}`) : '',
      };
      this.slices.set(key, slice);
    }
    return slice;
  }

  /**
   * What is drawn on a point of a slice: a region, where regions are shown, and whether it is affected or
   * infarct.
   */
  private coverAt(
    plane: number,
    columns: number,
    isShown: (segment: number) => boolean,
    point: Point
  ): Cover {
    const column = Math.round(point.x);
    const at = column >= 0 && column < columns ? Math.round(point.y) * columns + column : -1;
    const segment = this.content?.regions[plane][at] ?? 0;
    return {
      segment: isShown(segment) ? segment : 0,
      isLesion: this.marks.get(segment)?.affected === true || (this.content?.infarct[plane][at] ?? 0) > 0,
    };
  }

  /** Nothing until they are computed, which draws them. */
  private outlinesOf(plane: number, geometry: PlaneGeometry): ReadonlyMap<number, SegmentOutline> {
    const outlines = this.outlines.get(plane);
    if (!outlines) {
      this.outlines.set(plane, NOTHING);
      const { content } = this;
      this.computed = this.computed.then(() => this.compute(plane, geometry, content));
    }
    return outlines ?? NOTHING;
  }

  /**
   * In turns, since several viewports ask for theirs at once; to draw them, and to find places for their
   * names, is a turn of its own.
   */
  private async compute(
    plane: number,
    { columns, spacing }: PlaneGeometry,
    content: OverlayContent | null
  ): Promise<void> {
    await nextTurn();
    const regions = content?.regions[plane];
    if (!regions || content !== this.content) {
      return;
    }
    const outlines = await runInTurns(regionOutlineSteps(regions, columns, spacing));
    await nextTurn();
    if (content === this.content) {
      this.outlines.set(plane, outlines);
      this.forgetSlices(plane);
      this.drawAll();
    }
  }

  /** Those of other planes are drawn, and stay. */
  private forgetSlices(plane: number): void {
    for (const key of this.slices.keys()) {
      if (key.startsWith(`${plane},`)) {
        this.slices.delete(key);
      }
    }
  }
}

/** By three pixels far apart: a projection along the slice's normal keeps lines straight. */
function affineOf(viewport: HostViewport, geometry: PlaneGeometry): SliceToViewport {
  const far = geometry.columns;
  const at = (x: number, y: number) => viewport.worldToCanvas(patientPoint(geometry, x, y));
  const [origin, right, down] = [at(0, 0), at(far, 0), at(0, far)];
  const step = (to: readonly [number, number]) => ({
    x: (to[0] - origin[0]) / far,
    y: (to[1] - origin[1]) / far,
  });
  return { origin: { x: origin[0], y: origin[1] }, right: step(right), down: step(down) };
}

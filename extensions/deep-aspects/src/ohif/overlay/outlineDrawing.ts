import {
  type Cover,
  cssColour,
  type Frame,
  type Label,
  placeLabels,
  type Point,
  READING_COLOURS,
  type SegmentOutline,
} from '@deep-aspects/aspects/report';
import { CORTICAL_SECTORS } from '@deep-aspects/aspects/scoring';
import type { RegionMark } from '../../session/regionMarks';

/** What is drawn over one slice. */
export interface OutlineSlice {
  readonly outlines: ReadonlyMap<number, SegmentOutline>;
  readonly marks: ReadonlyMap<number, RegionMark>;
  /** Segments that are drawn at all. */
  readonly isShown: (segment: number) => boolean;
  readonly selected: number | null;
  /** 0-1, of the fill of affected regions. */
  readonly opacity: number;
  /** What is drawn on a point of the slice, in pixels. */
  readonly coverAt: (point: Point) => Cover;
  /** Says which level a viewport is for; empty elsewhere. */
  readonly caption: string;
}

interface DrawnLabel {
  readonly text: SVGTextElement;
  /** From a name to its region. */
  readonly leader: SVGLineElement;
  readonly mark: RegionMark;
  readonly segment: number;
  /** In pixels of the slice. */
  readonly at: Point;
  /** From there to the name, CSS pixels; undefined where there is no room for it. */
  offset: Point | undefined;
}

/** From pixels of the slice to CSS pixels of the viewport. */
export interface SliceToViewport {
  readonly origin: Point;
  /** One column to the right. */
  readonly right: Point;
  /** One row down. */
  readonly down: Point;
}

const SVG = 'http://www.w3.org/2000/svg';
const LAYER_CLASS = 'dasp-outlines';
/** Under the host's corner texts in importance: legible, and no more. */
const FONT = 'font: 600 11px Inter, system-ui, sans-serif;';
const NAME_STYLE = `${FONT} paint-order: stroke; stroke: rgb(0 0 0 / 75%); stroke-width: 2.5px;`;
/** Of a letter below the middle of its name, and of a line before its end is in the name, CSS pixels. */
const BASELINE = 4;
const LEADER_GAP = 8;
/** Of the name of the level, with the distance to the lower edge, CSS pixels. */
const CAPTION_HEIGHT = 20;
/**
 * Not in the SVG, whose text cannot go on in a second line where a viewport is narrow. On a ground of its
 * own: bone or a headrest, as bright as letters, may reach under it.
 */
const CAPTION_STYLE =
  `${FONT} position: absolute; inset: auto 0 2%; width: fit-content; margin: 0 auto; padding: 0 4px; ` +
  'border-radius: 3px; background: rgb(0 0 0 / 60%); text-align: center; color: #e6edf7;';

/**
 * One viewport's outlines and the name of its level, as an SVG of our own over the host's canvas: thin at
 * every zoom, with names, and without a word to the host's segmentation drawing, which can neither name a
 * region nor fill one of twenty.
 */
export class OutlineDrawing {
  private readonly layer = document.createElement('div');
  private readonly paths: SVGGElement;
  private readonly leaders: SVGGElement;
  private readonly names: SVGGElement;
  private readonly caption = document.createElement('div');
  private labels: DrawnLabel[] = [];
  private drawn: unknown;
  /** Zoom and turn for which the names have their places; moving the picture takes them along. */
  private placedFor = '';

  constructor(parent: Element) {
    this.layer.className = LAYER_CLASS;
    this.layer.setAttribute('aria-hidden', 'true');
    this.layer.style.cssText = 'position: absolute; inset: 0; overflow: hidden; pointer-events: none;';
    this.caption.style.cssText = CAPTION_STYLE;
    this.paths = element('g', {});
    this.leaders = element('g', { opacity: '0.8' });
    this.names = element('g', { style: NAME_STYLE, 'text-anchor': 'middle' });
    const svg = element('svg', { style: 'display: block; width: 100%; height: 100%;' });
    svg.append(this.paths, this.leaders, this.names);
    this.layer.append(svg, this.caption);
    parent.append(this.layer);
  }

  /** The host throws its elements away when it builds a viewport anew. */
  get isAttached(): boolean {
    return this.layer.isConnected;
  }

  /** Draws a slice; the same object again only moves with the camera. */
  draw(slice: OutlineSlice, sliceId: string, { origin, right, down }: SliceToViewport): void {
    if (this.drawn !== slice || this.layer.dataset.slice !== sliceId) {
      this.drawn = slice;
      this.layer.dataset.slice = sliceId;
      this.rebuild(slice);
    }
    const matrix = [right.x, right.y, down.x, down.y, origin.x, origin.y].map(value => value.toFixed(5));
    this.paths.setAttribute('transform', `matrix(${matrix.join(' ')})`);
    const zoom = matrix.slice(0, 4).join();
    if (this.placedFor !== zoom) {
      this.placedFor = zoom;
      this.place(slice, { origin, right, down });
    }
    for (const { text, leader, at, offset } of this.labels.filter(isPlaced)) {
      const anchor = toCanvas(at, { origin, right, down });
      setNumbers(text, { x: anchor.x + offset.x, y: anchor.y + offset.y + BASELINE });
      const shown = 1 - LEADER_GAP / Math.max(LEADER_GAP, Math.hypot(offset.x, offset.y));
      setNumbers(leader, {
        x1: anchor.x,
        y1: anchor.y,
        x2: anchor.x + shown * offset.x,
        y2: anchor.y + shown * offset.y,
      });
    }
  }

  remove(): void {
    this.layer.remove();
  }

  private rebuild({ outlines, marks, isShown, selected, opacity, caption }: OutlineSlice): void {
    this.labels = [];
    this.placedFor = '';
    const shown = [...outlines].filter(([segment]) => marks.has(segment) && isShown(segment));
    const drawn = shown.map(([segment, outline]) => {
      const mark = marks.get(segment) as RegionMark;
      const text = element('text', { fill: colourOf(mark), 'data-name-of': mark.id }, mark.id);
      const leader = element('line', { stroke: colourOf(mark), 'stroke-width': '1' });
      this.labels.push({ text, leader, mark, segment, at: outline.label, offset: { x: 0, y: 0 } });
      return region(mark, outline, segment === selected, opacity);
    });
    this.paths.replaceChildren(...drawn);
    this.leaders.replaceChildren(...this.labels.map(({ leader }) => leader));
    this.names.replaceChildren(...this.labels.map(({ text }) => text));
    this.caption.textContent = caption;
  }

  private place({ coverAt, selected }: OutlineSlice, affine: SliceToViewport): void {
    const labels = this.labels.map(({ mark, segment, at }): Label => ({
      text: mark.id,
      at: toCanvas(at, affine),
      segment,
      isMovable: !CORTICAL_SECTORS.includes(mark.id),
      isImportant: mark.affected || mark.byReader || segment === selected,
    }));
    const places = placeLabels(labels, point => coverAt(toPixel(point, affine)), this.frame);
    this.labels.forEach((label, i) => {
      const [from, to] = [labels[i].at, places[i]];
      label.offset = to && { x: to.x - from.x, y: to.y - from.y };
      [label.text, label.leader].forEach(part => (part.style.display = to ? '' : 'none'));
    });
  }

  /** What of the viewport names may lie on: above the name of its level. */
  private get frame(): Frame {
    const { clientWidth, clientHeight } = this.layer;
    return { from: { x: 0, y: 0 }, to: { x: clientWidth, y: clientHeight - CAPTION_HEIGHT } };
  }
}

function isPlaced(label: DrawnLabel): label is DrawnLabel & { readonly offset: Point } {
  return label.offset !== undefined;
}

function toCanvas({ x, y }: Point, { origin, right, down }: SliceToViewport): Point {
  return { x: origin.x + right.x * x + down.x * y, y: origin.y + right.y * x + down.y * y };
}

function toPixel({ x, y }: Point, { origin, right, down }: SliceToViewport): Point {
  const [dx, dy] = [x - origin.x, y - origin.y];
  const area = right.x * down.y - right.y * down.x;
  return { x: (dx * down.y - dy * down.x) / area, y: (dy * right.x - dx * right.y) / area };
}

function setNumbers(target: Element, values: Readonly<Record<string, number>>): void {
  Object.entries(values).forEach(([name, value]) => target.setAttribute(name, value.toFixed(1)));
}

function region(
  mark: RegionMark,
  { rings }: SegmentOutline,
  selected: boolean,
  opacity: number
): SVGPathElement {
  const isQuiet = !mark.affected && !mark.byReader;
  return element('path', {
    d: rings.map(ring => `M${ring.map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`).join('L')}Z`).join(''),
    fill: mark.affected ? cssColour(READING_COLOURS.affected, opacity) : 'none',
    stroke: colourOf(mark),
    'stroke-width': String((isQuiet ? 1 : 1.75) + (selected ? 1.25 : 0)),
    'vector-effect': 'non-scaling-stroke',
    'data-region': mark.id,
    'data-side': mark.side,
    'data-affected': String(mark.affected),
    'data-source': mark.byReader ? 'reader' : 'model',
  });
}

function colourOf({ affected, byReader }: RegionMark): string {
  if (byReader) {
    return cssColour(READING_COLOURS.reader);
  }
  return affected ? cssColour(READING_COLOURS.affected) : cssColour(READING_COLOURS.normal, 0.75);
}

function element<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  text?: string
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.textContent = text ?? '';
  return made;
}

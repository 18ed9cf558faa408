import { cssColour, READING_COLOURS, type Point, type SegmentOutline } from '@deep-aspects/aspects/report';
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
  /** Says which level a viewport is for; empty elsewhere. */
  readonly caption: string;
}

/** From pixels of the slice to CSS pixels of the viewport. */
export interface Affine {
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
/** Not in the SVG, whose text cannot go on in a second line where a viewport is narrow. */
const CAPTION_STYLE =
  `${FONT} position: absolute; inset: auto 0 2%; text-align: center; color: #e6edf7; ` +
  'text-shadow: 0 0 2px #000, 0 0 2px #000;';

/**
 * One viewport's outlines and the name of its level, as an SVG of our own over the host's canvas: thin at
 * every zoom, with names, and without a word to the host's segmentation drawing, which can neither name a
 * region nor fill one of twenty.
 */
export class OutlineDrawing {
  private readonly layer = document.createElement('div');
  private readonly paths: SVGGElement;
  private readonly names: SVGGElement;
  private readonly caption = document.createElement('div');
  private labels: { text: SVGTextElement; at: Point }[] = [];
  private drawn: unknown;

  constructor(parent: Element) {
    this.layer.className = LAYER_CLASS;
    this.layer.setAttribute('aria-hidden', 'true');
    this.layer.style.cssText = 'position: absolute; inset: 0; overflow: hidden; pointer-events: none;';
    this.caption.style.cssText = CAPTION_STYLE;
    this.paths = element('g', {});
    this.names = element('g', { style: NAME_STYLE, 'text-anchor': 'middle' });
    const svg = element('svg', { style: 'display: block; width: 100%; height: 100%;' });
    svg.append(this.paths, this.names);
    this.layer.append(svg, this.caption);
    parent.append(this.layer);
  }

  /** The host throws its elements away when it builds a viewport anew. */
  get isAttached(): boolean {
    return this.layer.isConnected;
  }

  /** Draws a slice; the same object again only moves with the camera. */
  draw(slice: OutlineSlice, sliceId: string, { origin, right, down }: Affine): void {
    if (this.drawn !== slice || this.layer.dataset.slice !== sliceId) {
      this.drawn = slice;
      this.layer.dataset.slice = sliceId;
      this.rebuild(slice);
    }
    const matrix = [right.x, right.y, down.x, down.y, origin.x, origin.y];
    this.paths.setAttribute('transform', `matrix(${matrix.map(value => value.toFixed(5)).join(' ')})`);
    for (const { text, at } of this.labels) {
      text.setAttribute('x', (origin.x + right.x * at.x + down.x * at.y).toFixed(1));
      text.setAttribute('y', (origin.y + right.y * at.x + down.y * at.y + 4).toFixed(1));
    }
  }

  remove(): void {
    this.layer.remove();
  }

  private rebuild({ outlines, marks, isShown, selected, opacity, caption }: OutlineSlice): void {
    this.labels = [];
    const shown = [...outlines].filter(([segment]) => marks.has(segment) && isShown(segment));
    const drawn = shown.map(([segment, outline]) => {
      const mark = marks.get(segment) as RegionMark;
      const text = element('text', { fill: colourOf(mark) }, mark.id);
      this.labels.push({ text, at: outline.label });
      return region(mark, outline, segment === selected, opacity);
    });
    this.paths.replaceChildren(...drawn);
    this.names.replaceChildren(...this.labels.map(({ text }) => text));
    this.caption.textContent = caption;
  }
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

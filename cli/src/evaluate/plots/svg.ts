/** Size of every plot and of the room around its axes, px. */
const PLOT = { width: 420, height: 400, left: 56, right: 24, top: 48, bottom: 52 } as const;

export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

export type Attributes = Readonly<Record<string, string | number>>;

export function element(name: string, attributes: Attributes, content = ''): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return `<${name}${list.join('')}${content ? `>${content}</${name}>` : '/>'}`;
}

export function textElement(text: string, attributes: Attributes): string {
  return element('text', attributes, escaped(text));
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** Maps an axis' value to a pixel; the y axis points up. */
export function scales(
  x: Axis,
  y: Axis
): { readonly x: (value: number) => number; readonly y: (value: number) => number } {
  const across = PLOT.width - PLOT.left - PLOT.right;
  const down = PLOT.height - PLOT.top - PLOT.bottom;
  return {
    x: value => round(PLOT.left + ((value - x.from) / (x.to - x.from)) * across),
    y: value => round(PLOT.top + (1 - (value - y.from) / (y.to - y.from)) * down),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A whole plot: title, axes with ticks and labels, and what is drawn between them. */
export function plot(title: string, subtitle: string, x: Axis, y: Axis, marks: readonly string[]): string {
  const at = scales(x, y);
  const [left, right, top, bottom] = [at.x(x.from), at.x(x.to), at.y(y.to), at.y(y.from)];
  const small = { 'font-size': 11, fill: '#333' };
  const parts = [
    element('rect', { width: PLOT.width, height: PLOT.height, fill: 'white' }),
    textElement(title, { x: PLOT.width / 2, y: 20, 'text-anchor': 'middle', 'font-size': 14, fill: '#111' }),
    textElement(subtitle, { x: PLOT.width / 2, y: 36, 'text-anchor': 'middle', ...small }),
    element('path', { d: `M${left} ${top}V${bottom}H${right}`, fill: 'none', stroke: '#333' }),
    ...x.ticks.flatMap(tick => [
      element('path', { d: `M${at.x(tick)} ${bottom}v4`, stroke: '#333' }),
      textElement(String(tick), { x: at.x(tick), y: bottom + 17, 'text-anchor': 'middle', ...small }),
    ]),
    ...y.ticks.flatMap(tick => [
      element('path', { d: `M${left} ${at.y(tick)}h-4`, stroke: '#333' }),
      textElement(String(tick), { x: left - 8, y: at.y(tick) + 4, 'text-anchor': 'end', ...small }),
    ]),
    textElement(x.label, {
      x: (left + right) / 2,
      y: PLOT.height - 12,
      'text-anchor': 'middle',
      'font-size': 12,
    }),
    textElement(y.label, {
      transform: `translate(16 ${(top + bottom) / 2}) rotate(-90)`,
      'text-anchor': 'middle',
      'font-size': 12,
    }),
    ...marks,
  ];
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width: PLOT.width,
    height: PLOT.height,
    viewBox: `0 0 ${PLOT.width} ${PLOT.height}`,
    'font-family': 'sans-serif',
    role: 'img',
  };
  const content = [element('title', {}, escaped(title)), ...parts, ''].join('\n');
  return `${element('svg', attributes, content)}\n`;
}

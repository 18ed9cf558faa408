import type { RocCurve } from '@deep-aspects/aspects/evaluation';
import { element, plot, scales, textElement, type Axis } from './svg';

/**
 * ROC of the overlap threshold: each point is one infarcted fraction from which a region counts as affected.
 */
export function rocPlot(curve: RocCurve, reference: string, note: string): string {
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const x: Axis = { label: '1 - specificity', from: 0, to: 1, ticks };
  const y: Axis = { label: 'Sensitivity', from: 0, to: 1, ticks };
  const at = scales(x, y);
  const line = curve.points
    .map(point => `${at.x(1 - point.specificity)} ${at.y(point.sensitivity)}`)
    .join('L');
  const { best } = curve;
  const [bestX, bestY] = [at.x(1 - best.specificity), at.y(best.sensitivity)];
  return plot(`Affected regions: overlap threshold against ${reference}`, note, x, y, [
    element('path', {
      d: `M${at.x(0)} ${at.y(0)}L${at.x(1)} ${at.y(1)}`,
      stroke: '#999',
      'stroke-dasharray': '3 3',
    }),
    element('path', { d: `M${line}`, fill: 'none', stroke: '#0072b2', 'stroke-width': 2 }),
    element('circle', { cx: bestX, cy: bestY, r: 4, fill: '#d55e00' }),
    textElement(`from ${(best.threshold * 100).toFixed(1)} %`, {
      x: bestX + 8,
      y: bestY + 14,
      'font-size': 11,
    }),
    textElement(`area ${curve.area.toFixed(3)}`, {
      x: at.x(1) - 6,
      y: at.y(0) - 10,
      'text-anchor': 'end',
      'font-size': 12,
    }),
  ]);
}

import type { ReadingComparison } from '@deep-aspects/aspects/evaluation';
import { element, plot, scales, textElement, type Axis } from './svg';

const SCORES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/**
 * Difference against mean of two readings, one disc for all cases that coincide, with bias and
 * limits of agreement.
 */
export function blandAltmanPlot(comparison: ReadingComparison, note: string): string {
  const x: Axis = { label: 'Mean of both scores', from: -0.5, to: 10.5, ticks: [0, 2, 4, 6, 8, 10] };
  const y: Axis = {
    label: `${comparison.tested} minus ${comparison.reference}, points`,
    from: -10.5,
    to: 10.5,
    ticks: [-10, -5, 0, 5, 10],
  };
  const at = scales(x, y);
  const discs = cells(comparison).map(({ reference, tested, cases }) =>
    element('circle', {
      cx: at.x((reference + tested) / 2),
      cy: at.y(tested - reference),
      r: Math.min(14, 2.5 * Math.sqrt(cases)),
      fill: '#0072b2',
      'fill-opacity': 0.6,
    })
  );
  const { bias, lowerLimit, upperLimit } = comparison.agreement;
  const lines = [bias.value, lowerLimit.value, upperLimit.value].flatMap((value, index) =>
    value === null
      ? []
      : [
          element('path', {
            d: `M${at.x(x.from)} ${at.y(value)}H${at.x(x.to)}`,
            stroke: index ? '#d55e00' : '#333',
            'stroke-dasharray': index ? '6 4' : 'none',
          }),
          textElement(value.toFixed(1), {
            x: at.x(x.to) - 2,
            y: at.y(value) - 4,
            'text-anchor': 'end',
            'font-size': 11,
          }),
        ]
  );
  return plot(titleOf('Bland-Altman', comparison), note, x, y, [...lines, ...discs]);
}

/** Cases by both scores, darker where more. */
export function confusionPlot(comparison: ReadingComparison, note: string): string {
  const axis = (label: string): Axis => ({ label, from: -0.5, to: 10.5, ticks: SCORES });
  const [x, y] = [axis(comparison.reference), axis(comparison.tested)];
  const at = scales(x, y);
  const side = { width: at.x(1) - at.x(0), height: at.y(0) - at.y(1) };
  const found = cells(comparison);
  const most = Math.max(1, ...found.map(({ cases }) => cases));
  const marks = found.flatMap(({ reference, tested, cases }) => [
    element('rect', {
      x: at.x(reference - 0.5),
      y: at.y(tested + 0.5),
      ...side,
      fill: '#0072b2',
      'fill-opacity': (0.15 + (0.85 * cases) / most).toFixed(2),
    }),
    textElement(String(cases), {
      x: at.x(reference),
      y: at.y(tested) + 4,
      'text-anchor': 'middle',
      'font-size': 11,
      fill: cases > most / 2 ? 'white' : '#111',
    }),
  ]);
  const diagonal = element('path', {
    d: `M${at.x(-0.5)} ${at.y(-0.5)}L${at.x(10.5)} ${at.y(10.5)}`,
    stroke: '#999',
    'stroke-dasharray': '3 3',
  });
  return plot(titleOf('Cases by score', comparison), note, x, y, [diagonal, ...marks]);
}

function titleOf(kind: string, { tested, reference, cases }: ReadingComparison): string {
  return `${kind}: ${tested} and ${reference} (n = ${cases})`;
}

function cells({ matrix }: ReadingComparison): { reference: number; tested: number; cases: number }[] {
  return matrix
    .flatMap((row, reference) => row.map((cases, tested) => ({ reference, tested, cases })))
    .filter(({ cases }) => cases > 0);
}

/**
 * Nelder-Mead search for a minimum near `start`: no derivatives, a few parameters.
 *
 * @param steps first step along each parameter; also their scale.
 * @returns the best point and its value after `evaluations` calls of `cost`, or earlier where it
 *   stopped improving.
 */
export function minimise(
  cost: (point: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
  evaluations: number
): { readonly point: readonly number[]; readonly value: number } {
  const measure = (point: readonly number[]): Vertex => ({ point, value: cost(point) });
  let simplex = [
    measure(start),
    ...steps.map((step, k) => measure(start.map((v, i) => (i === k ? v + step : v)))),
  ];
  let spent = simplex.length;
  while (spent < evaluations) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0], simplex[simplex.length - 1]];
    if (Math.abs(worst.value - best.value) < 1e-7) {
      break;
    }
    const others = simplex.slice(0, -1);
    const centre = start.map(
      (_, i) => others.reduce((sum, vertex) => sum + vertex.point[i], 0) / others.length
    );
    const along = (factor: number): Vertex =>
      measure(centre.map((c, i) => c + factor * (worst.point[i] - c)));
    const reflected = along(-1);
    spent++;
    const next = improve(reflected, best, others[others.length - 1], worst, along);
    spent += next.spent;
    if (next.vertex) {
      simplex = [...others, next.vertex];
    } else {
      simplex = [best, ...simplex.slice(1).map(v => measure(v.point.map((x, i) => (x + best.point[i]) / 2)))];
      spent += simplex.length - 1;
    }
  }
  simplex.sort((a, b) => a.value - b.value);
  return simplex[0];
}

interface Vertex {
  readonly point: readonly number[];
  readonly value: number;
}

/** The vertex that replaces the worst one, or none where the simplex must shrink. */
function improve(
  reflected: Vertex,
  best: Vertex,
  secondWorst: Vertex,
  worst: Vertex,
  along: (factor: number) => Vertex
): { readonly vertex?: Vertex; readonly spent: number } {
  if (reflected.value < best.value) {
    const expanded = along(-2);
    return { vertex: expanded.value < reflected.value ? expanded : reflected, spent: 1 };
  }
  if (reflected.value < secondWorst.value) {
    return { vertex: reflected, spent: 0 };
  }
  const contracted = along(reflected.value < worst.value ? -0.5 : 0.5);
  const better = contracted.value < Math.min(reflected.value, worst.value);
  return { vertex: better ? contracted : undefined, spent: 1 };
}

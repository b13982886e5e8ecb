/** Holm's step-down: the chance of a single false alarm among several tests stays below `alpha`, however the tests depend on each other. */

/** Which of the tests are significant, in their order. */
export function holm(pValues: readonly number[], alpha: number): boolean[] {
  const order = pValues.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p);
  const refused = order.findIndex(({ p }, rank) => p > alpha / (pValues.length - rank));
  const significant = new Set(order.slice(0, refused === -1 ? order.length : refused).map(({ index }) => index));
  return pValues.map((_, index) => significant.has(index));
}

/** The sink's clock: epoch milliseconds with fractions. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Unique enough: what it is, and the second in which it began. */
export function experimentName(kind: string, at: Date): string {
  return `${kind}-${at.toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}`;
}

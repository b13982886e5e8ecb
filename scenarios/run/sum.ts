export function sumOf<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}

/** Not by spreading into Math.max: a run may have a hundred thousand objects. */
export function maxOf<T>(items: readonly T[], amount: (item: T) => number, least: number): number {
  return items.reduce((most, item) => Math.max(most, amount(item)), least);
}

/** The guard's language: one JSON order a line. */

export type GuardOrder =
  | { readonly kind: 'watch-process' | 'forget-process'; readonly pid: number }
  | { readonly kind: 'watch-folder' | 'forget-folder'; readonly path: string }
  | { readonly kind: 'watch-container' | 'forget-container'; readonly id: string };

export function formatOrder(order: GuardOrder): string {
  return `${JSON.stringify(order)}\n`;
}

/** The pipe has one writer, the harness, so a line is trusted to be what `formatOrder` wrote. */
export function parseOrder(line: string): GuardOrder {
  const order: GuardOrder = JSON.parse(line);
  return order;
}

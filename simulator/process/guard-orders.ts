/** The guard's language: one JSON order a line. */

export type GuardOrder =
  | { readonly kind: 'watch-process' | 'forget-process'; readonly pid: number }
  | { readonly kind: 'watch-folder' | 'forget-folder'; readonly path: string }
  /** Given before there is a container with the label: one that is just being made when the harness dies has no other name that anybody knows. */
  | { readonly kind: 'watch-containers'; readonly label: string }
  /** The harness is about to end, and has ended what it started. */
  | { readonly kind: 'end' };

export function formatOrder(order: GuardOrder): string {
  return `${JSON.stringify(order)}\n`;
}

/** The pipe has one writer, the harness, so a line is trusted to be what `formatOrder` wrote. */
export function parseOrder(line: string): GuardOrder {
  const order: GuardOrder = JSON.parse(line);
  return order;
}

/** What requests to S3 cost, for the estimate in the metrics: the public price list, as far as the streamer causes it. */

/** S3 Standard in us-east-1; other regions cost up to twice as much. Data transfer inside the region is free and not in it. */
export const S3_PRICES = {
  asOf: '2025-01',
  listUsdPer1000: 0.005,
  /** GET, and HEAD likewise. */
  getUsdPer1000: 0.0004,
} as const;

export function estimateCostUsd({ lists, gets }: { readonly lists: number; readonly gets: number }): number {
  return (lists * S3_PRICES.listUsdPer1000 + gets * S3_PRICES.getUsdPer1000) / 1000;
}

/** What the streamer's requests to S3 cost, from the counts of a run. PUTs are paid by whoever writes the objects. */
import type { Result } from './model.ts';

/** S3 Standard in us-east-1, US dollars for 1,000 requests (list price of 2025). */
const USD_PER_1000 = { list: 0.005, get: 0.0004 } as const;

const GB_PER_TB = 1000;

export const S3_PRICES_NOTE = `Prices: S3 Standard in us-east-1, $${USD_PER_1000.list} for 1,000 LIST and $${USD_PER_1000.get} for 1,000 GET. LISTs go by time, so they weigh less at a higher rate.`;

export function requestCostPerTB(
  perGB: Pick<Result['requests']['perGB'], 'list' | 'get'>,
): Result['requests']['costPerTB'] {
  const cost = (requestsPerGB: number | null, usdPer1000: number): number | null =>
    requestsPerGB === null ? null : (requestsPerGB * GB_PER_TB * usdPer1000) / 1000;
  const listUsd = cost(perGB.list, USD_PER_1000.list);
  const getUsd = cost(perGB.get, USD_PER_1000.get);
  return { listUsd, getUsd, totalUsd: listUsd === null || getUsd === null ? null : listUsd + getUsd };
}

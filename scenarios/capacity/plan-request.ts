/** What a plan is asked for, and the words in which the command line says it. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { HarnessError, messageOf } from '#simulator';

export interface PlanRequest {
  /** Raw, 10^12 bytes, averaged over the day. */
  readonly rawTBPerDay: number;
  /** Busiest hour over the average. */
  readonly peakFactor: number;
  readonly sloLagS: number;
  /** An outage of so many hours at the average rate is to be caught up within so many more; null when that does not matter. */
  readonly recovery: { readonly outageH: number; readonly withinH: number } | null;
  /** Mean time of one POST at the real agents. Loopback says nothing about it. */
  readonly agentLatencyMs: number;
  /** What one endpoint takes, raw MB/s; null when nobody knows. */
  readonly agentRawMBps: number | null;
  /** Mean time of one GET of an object at the real S3, to its last byte. */
  readonly s3LatencyMs: number;
  readonly scanIntervalS: number;
  readonly lookbackIntervalS: number;
  readonly lookbackH: number;
  /** Partitions that are written to at the same time: each costs a LIST a scan. */
  readonly activePartitions: number;
  /** What one folder of a partition holds: a day, as documented. A sweep lists whole folders. */
  readonly folderSpanH: number;
  readonly prices: Prices;
}

const pricesSchema = z.strictObject({
  asOf: z.coerce.date().transform((date) => date.toISOString().slice(0, 10)),
  region: z.string(),
  getPer1000: z.number().nonnegative(),
  listPer1000: z.number().nonnegative(),
  getPerSecondPerPrefix: z.number().positive(),
});

export type Prices = Readonly<z.infer<typeof pricesSchema>>;

export function readPrices(file: string): Prices {
  try {
    return pricesSchema.parse(parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new HarnessError(
      'usage',
      `${file} is no price list: ${messageOf(error)}. scenarios/capacity/prices.yaml shows the form.`,
      { cause: error },
    );
  }
}

/** `6h-outage-in-2h`. Null when it is not of that form. */
export function parseRecovery(text: string): PlanRequest['recovery'] {
  const [, outage, within] = /^(\d+(?:\.\d+)?)h-outage-in-(\d+(?:\.\d+)?)h$/.exec(text) ?? [];
  if (outage === undefined || within === undefined) return null;
  return Number(outage) > 0 && Number(within) > 0 ? { outageH: Number(outage), withinH: Number(within) } : null;
}

/** `3x` or `3`. Null when it is no factor from 1. */
export function parseFactor(text: string): number | null {
  const [, factor] = /^(\d+(?:\.\d+)?)x?$/.exec(text) ?? [];
  return factor === undefined || Number(factor) < 1 ? null : Number(factor);
}

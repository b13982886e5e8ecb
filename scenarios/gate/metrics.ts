/** What the gate compares, and what one run of a program must measure for it. */

/** Figures of one run; null where the program does not tell or the run was too short. */
export type Figures = Readonly<Record<MetricName, number | null>>;

export type MetricName = 'start' | 'throughput' | 'cpu' | 'lagP50' | 'lagP99' | 'notified' | 'memory' | 'requests';

export interface Metric {
  readonly name: MetricName;
  readonly title: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

export const METRICS: readonly Metric[] = [
  // From the start of the process until the first object of the backlog is acknowledged.
  { name: 'start', title: 'Start to first object', unit: 'ms', better: 'lower' },
  { name: 'throughput', title: 'Throughput', unit: 'MB/s', better: 'higher' },
  { name: 'cpu', title: 'CPU per GB', unit: 's', better: 'lower' },
  { name: 'lagP50', title: 'Lag p50', unit: 'ms', better: 'lower' },
  { name: 'lagP99', title: 'Lag p99', unit: 'ms', better: 'lower' },
  // Of the objects that a queue tells of; the two above are of those that are polled for.
  { name: 'notified', title: 'Lag by notification p50', unit: 'ms', better: 'lower' },
  { name: 'memory', title: 'Peak memory', unit: 'MB', better: 'lower' },
  { name: 'requests', title: 'Requests per GB', unit: '', better: 'lower' },
];

/**
 * How much worse head is than base, as a logarithm: 0 is alike, above 0 is worse, and twice as bad and half as bad are equally far from 0.
 * Null where one of the two has no figure.
 */
export function worsening({ better }: Metric, base: number | null, head: number | null): number | null {
  if (base === null || head === null || base <= 0 || head <= 0) return null;
  return better === 'lower' ? Math.log(head / base) : Math.log(base / head);
}

/** A worsening as people say it: +10 is 10 % more of what is bad, or 10 % less of what is good. */
export function asPercent({ better }: Metric, logarithm: number): number {
  return better === 'lower' ? Math.expm1(logarithm) * 100 : -Math.expm1(-logarithm) * 100;
}

/** The reverse: the logarithm of a change for the worse by this much. */
export function fromPercent({ better }: Metric, percent: number): number {
  return better === 'lower' ? Math.log1p(percent / 100) : -Math.log1p(-percent / 100);
}

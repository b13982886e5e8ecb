/** What a run wrote to Redis, by its own count, while it was measured. Of a Redis that others use as well, nothing can be told. */
import type { Evidence } from '../run/evidence.ts';
import { writeRates, type WriteCount } from '../run/redis-watch.ts';
import type { Observation } from './observation.ts';

export const redisWriteRate: Observation = {
  id: 'redisWritesPerS',
  name: 'writes that Redis ran, on average',
  unit: 'a second',
  measure: (evidence) => {
    const counts = countsOf(evidence);
    const [first, last] = [counts[0], counts.at(-1)];
    if (first === undefined || last === undefined || first === last) return null;
    return (last.writes - first.writes) / ((last.atMs - first.atMs) / 1000);
  },
};

export const redisWritePeak: Observation = {
  id: 'redisWritesPerSMax',
  name: 'writes that Redis ran, highest second',
  unit: 'a second',
  measure: (evidence) => {
    const rates = writeRates(countsOf(evidence));
    return rates.length === 0 ? null : Math.max(...rates);
  },
};

function countsOf({ stage, execution: { windowStartMs }, settledEndMs }: Evidence): readonly WriteCount[] {
  const counts = stage.redisWatch?.counts ?? [];
  return counts.filter(({ atMs }) => atMs >= windowStartMs && atMs <= settledEndMs);
}

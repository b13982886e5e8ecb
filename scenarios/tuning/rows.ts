/** All rows, in the order of the documentation; and what of it nothing here can put to the test. */
import { HarnessError } from '#simulator';
import type { Row } from './row.ts';
import { dropsByBuffer, dropsByWorkers } from './rows/buffer-drops.ts';
import { redisBySaveInterval } from './rows/redis-spikes.ts';
import { throttlingByMetrics, throttlingByScanInterval } from './rows/s3-throttling.ts';
import { downByDelayWindow, downByScanInterval, downByWorkers } from './rows/scaling-down.ts';
import { moreInstances, redisRequired, watchedAgents } from './rows/scaling-up.ts';
import { lagByBoth, lagByEndpoints, lagByWorkers } from './rows/sustained-lag.ts';

export const tuningRows: readonly Row[] = [
  dropsByBuffer,
  dropsByWorkers,
  lagByEndpoints,
  lagByWorkers,
  lagByBoth,
  redisBySaveInterval,
  throttlingByScanInterval,
  throttlingByMetrics,
  watchedAgents,
  moreInstances,
  redisRequired,
  downByWorkers,
  downByScanInterval,
  downByDelayWindow,
];

export const untestedAdvice: readonly { readonly text: string; readonly why: string }[] = [
  {
    text: 'High buffer drops: Drops during backlog replay are acceptable.',
    why: 'Whether a loss is acceptable is for its owner to say. Shipped is `http.on_full: block`, which drops nothing.',
  },
  {
    text: 'S3 throttling: Consider AWS support for high-volume buckets.',
    why: 'Nobody at AWS is asked by a test.',
  },
];

export function findRow(name: string): Row {
  const found = tuningRows.find((row) => row.name === name);
  if (found !== undefined) return found;
  throw new HarnessError(
    'usage',
    `There is no tuning row ${name}. There are: ${tuningRows.map((row) => row.name).join(', ')}.`,
  );
}

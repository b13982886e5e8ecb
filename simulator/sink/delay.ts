/** Draws one delay from a distribution. */
import type { SeededRandom } from '../random.ts';
import type { Delay } from './faults.ts';

/** The 0.99 quantile of the standard normal distribution. */
const normalP99 = 2.326_347_874;

export function drawDelayMs(delay: Delay, random: Pick<SeededRandom, 'next'>): number {
  switch (delay.shape) {
    case 'constant':
      return delay.ms;
    case 'uniform':
      return delay.minMs + random.next() * (delay.maxMs - delay.minMs);
    case 'exponential':
      return -delay.meanMs * Math.log(1 - random.next());
    case 'lognormal': {
      const sigma = Math.log(delay.p99Ms / delay.medianMs) / normalP99;
      return delay.medianMs * Math.exp(sigma * drawNormal(random));
    }
  }
}

/** Standard normal (Box and Muller). */
function drawNormal(random: Pick<SeededRandom, 'next'>): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

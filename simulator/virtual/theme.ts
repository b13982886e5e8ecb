/**
 * What a world is about. Most are about anything; some put together what chance alone would bring together too seldom, because a fault was once found
 * there.
 */
import type { SeededRandom } from '../random.ts';

/**
 * - `backed-up`: the endpoints are away for longer than the look-back, with a small queue.
 * - `late-folders`: many objects come after midnight to the folder of the day before, and the streamer dies over them.
 * - `slow-drain`: a backlog goes through a small queue so slowly that live objects are long forgotten when a sweep comes to them.
 * - `wrong-clock`: the clock is hours ahead and is set right while everything waits for a moment.
 * - `condemned`: the endpoints begin to refuse everything while lines that are really bad are looked for.
 * - `slow-source`: what is too large to be held whole comes from S3 more slowly than batches may wait.
 * - `choking`: the endpoints fail on some lines for longer than anybody waits with them.
 */
export type Theme =
  | 'any'
  | 'backed-up'
  | 'late-folders'
  | 'slow-drain'
  | 'wrong-clock'
  | 'condemned'
  | 'slow-source'
  | 'choking';

export function themeOf(random: SeededRandom): Theme {
  const kind = random.next();
  if (kind < 0.06) return 'backed-up';
  if (kind < 0.12) return 'late-folders';
  if (kind < 0.18) return 'slow-drain';
  if (kind < 0.24) return 'wrong-clock';
  if (kind < 0.3) return 'condemned';
  if (kind < 0.34) return 'slow-source';
  return kind < 0.4 ? 'choking' : 'any';
}

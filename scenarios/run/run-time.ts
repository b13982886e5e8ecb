/** The time of a run, where it is not the machine's: everything in it, but the machine and S3 itself, is at another moment. */
import { HarnessError } from '#simulator';
import type { Scenario } from '../scenario.ts';

export interface RunTime {
  /** By how much names of objects, what S3 says of them, and the streamers' clocks are ahead of the machine's. */
  readonly aheadMs: number;
  /** By the machine's clock: when the load must begin, so that the moment comes when the scenario says. Null: whenever all is ready. */
  readonly windowStartMs: number | null;
}

/** For a backlog to be uploaded, the streamers to start, and a warm-up. */
const readyMs = 20_000;

/** Just before the streamers start. */
export function planTime({ clocks }: Scenario, nowMs = Date.now()): RunTime {
  const moment = clocks?.moment ?? null;
  if (moment === null) return { aheadMs: 0, windowStartMs: null };
  // On a whole second, as every run.
  const windowStartMs = Math.ceil((nowMs + readyMs) / 1000) * 1000;
  return { aheadMs: Date.parse(moment.at) - moment.afterS * 1000 - windowStartMs, windowStartMs };
}

/** When the load begins: as planned, or as soon as the generator can be ready. */
export function windowStartOf({ windowStartMs }: RunTime, generatorLeadMs: number, nowMs = Date.now()): number {
  const earliestMs = nowMs + generatorLeadMs;
  if (windowStartMs === null) return Math.ceil(earliestMs / 1000) * 1000;
  if (windowStartMs >= earliestMs) return windowStartMs;
  const lateMs = Math.round(earliestMs - windowStartMs);
  throw new HarnessError('broken', `The streamers were ready ${lateMs} ms too late for the moment of this run.`);
}

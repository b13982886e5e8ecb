/** What all parts of one world share, and the little steps that every port is made of. */
import { StreamerError } from '#streamer';
import type { SeededRandom } from '../random.ts';
import type { FaultDesk } from './fault-desk.ts';
import type { KillPoint } from './fault.ts';
import type { Judge } from './invariants.ts';
import type { WorldPlan } from './plan.ts';
import type { Trace } from './trace.ts';
import type { Truth } from './truth.ts';
import type { Life, VirtualTime } from './virtual-time.ts';

export interface Surroundings {
  readonly plan: WorldPlan;
  readonly time: VirtualTime;
  readonly desk: FaultDesk;
  readonly judge: Judge;
  readonly truth: Truth;
  readonly trace: Trace;
  /** A stream of its own for each part. */
  readonly random: (name: string) => SeededRandom;
  /** A step of that kind was made by an instance: some fault may want it dead now. */
  readonly passKillPoint: (point: KillPoint, life: Life) => void;
}

/** How long something takes that takes `middleMs` in the middle: mostly about that, now and then much longer, so that answers overtake each other. */
export function latency(random: SeededRandom, middleMs: number): number {
  const share = random.next();
  return middleMs * (0.4 + share + (random.chance(0.03) ? 10 * random.next() : 0));
}

/** Waits inside a port; throws `ABORTED` as soon as the signal aborts. Never returns when the instance is killed meanwhile. */
export async function pause(time: VirtualTime, life: Life, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw stopped();
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      timer.cancel();
      reject(stopped());
    };
    const timer = time.after(ms, life, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

export function stopped(): StreamerError {
  return new StreamerError('ABORTED', 'the request was stopped');
}

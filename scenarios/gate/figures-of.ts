/** Which figures of a pair may be compared. */
import type { Arm } from './arm.ts';
import type { JudgedPair } from './judge.ts';
import type { Figures } from './metrics.ts';

/** A generator that was later than this did not make the schedule that lag is counted from. */
const slipMsMax = 1000;

/** Where the generator slipped in one of the two runs, neither has a lag: else it would look as if that program did not measure it. */
export function figuresOfPair({ base, head }: { readonly base: Arm; readonly head: Arm }): JudgedPair {
  const isOnSchedule = [base, head].every(({ slipMaxMs }) => slipMaxMs !== null && slipMaxMs <= slipMsMax);
  const figuresOf = ({ figures }: Arm): Figures =>
    isOnSchedule ? figures : { ...figures, lagP50: null, lagP99: null, notified: null };
  return { base: figuresOf(base), head: figuresOf(head) };
}

/** Which figures of a run may be compared. */
import type { Arm } from './arm.ts';
import type { Figures } from './metrics.ts';

/** A generator that was later than this did not make the schedule that lag is counted from. */
const slipMsMax = 1000;

export function figuresOf({ figures, slipMaxMs }: Arm): Figures {
  return slipMaxMs !== null && slipMaxMs <= slipMsMax
    ? figures
    : { ...figures, lagP50: null, lagP99: null, notified: null };
}

/** How far a clock is ahead of the machine's, over time. Shared by the process that has this clock and by the harness that sets it. */

export interface ClockStep {
  /** By the machine's clock, epoch ms. */
  readonly fromMs: number;
  /** Below 0: behind. */
  readonly aheadMs: number;
}

/** Names the file with the steps, to the process whose clock it is. */
export const clockFileVariable = 'S3ES_CLOCK_FILE';

/** A process looks at the file this often, at most. A step that is told longer before is taken at its very moment. */
export const clockRereadMs = 100;

/** `steps`: at least one, in the order of their times; the first counts from the beginning. */
export function aheadAt(steps: readonly ClockStep[], machineMs: number): number {
  return (steps.findLast(({ fromMs }) => fromMs <= machineMs) ?? steps[0])?.aheadMs ?? 0;
}

/**
 * When the clock showed this, by the machine's clock, and not after `latestMs`. Of two such moments (the clock was set back) it is the later one; a
 * time that was never shown (it was set forward) counts as the moment of that.
 */
export function machineMsOf(steps: readonly ClockStep[], shownMs: number, latestMs: number): number {
  const candidates = steps.map(({ fromMs, aheadMs }, at) => {
    const beginsMs = at === 0 ? -Infinity : fromMs;
    const endsMs = steps[at + 1]?.fromMs ?? latestMs;
    const machineMs = Math.min(endsMs, Math.max(beginsMs, shownMs - aheadMs));
    return { machineMs, missMs: Math.abs(machineMs - (shownMs - aheadMs)) };
  });
  const missMsMin = Math.min(...candidates.map(({ missMs }) => missMs));
  return candidates.findLast(({ missMs }) => missMs === missMsMin)?.machineMs ?? shownMs;
}

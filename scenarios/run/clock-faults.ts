/** The wall clock of a streamer is set while it runs, as an operator or a time service would. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '#simulator';
import type { FaultAction } from '../scenario.ts';
import type { Stage } from './context.ts';
import { faultOver, type FaultRecord, type FaultTarget } from './fault-record.ts';
import { streamerAt } from './streamer-faults.ts';

const pollMs = 50;
/** It must say something with its new time, else nobody knows that it has one. */
const noticedMsMax = 20_000;

export async function setClock(
  { time, options }: Stage,
  target: FaultTarget,
  { streamer: index, aheadS }: Extract<FaultAction, { kind: 'set-clock' }>,
  signal: AbortSignal,
): Promise<FaultRecord> {
  const { name, clock, log } = streamerAt(target, index);
  if (clock === null) throw new HarnessError('usage', `The clock of ${name} is the machine's.`);
  const beforeMs = clock.aheadMs();
  const afterMs = time.aheadMs + aheadS * 1000;
  const fromMs = clock.set(afterMs);
  await sleep(fromMs - Date.now());
  // Not by the clock itself: a timer may end a moment early, when that still shows the old time.
  const label = `clock of ${name} set ${describeStep(afterMs - beforeMs)}: ${describeAhead(aheadS)}`;
  options.progress.note(label);
  const isNoticed = (): boolean => {
    log.update();
    return log.saidMs >= fromMs;
  };
  const deadlineMs = fromMs + noticedMsMax;
  // The end of the run ends it early.
  while (!isNoticed() && Date.now() < deadlineMs && !signal.aborted) await sleep(pollMs);
  return faultOver({ label, fromMs, strikes: isNoticed() ? 1 : 0 });
}

function describeStep(stepMs: number): string {
  return `${stepMs < 0 ? 'back' : 'forward'} by ${Math.abs(stepMs) / 1000} s`;
}

function describeAhead(aheadS: number): string {
  if (aheadS === 0) return 'right again';
  return `${Math.abs(aheadS)} s ${aheadS > 0 ? 'ahead' : 'behind'}`;
}

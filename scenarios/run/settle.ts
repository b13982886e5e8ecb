/** Waits until the sink has acknowledged every line, or until it makes no sense to wait any longer. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HarnessError } from '#simulator';
import type { Stage } from './context.ts';

const pollMs = 25;

export interface SettleOptions {
  /** Distinct lines that must have been acknowledged. */
  readonly lines: number;
  /** What the progress line says. */
  readonly text: string;
  /** Epoch ms; null while uploads still go on. */
  readonly deadlineMs: () => number | null;
  /** Why the lines cannot come any more (a process has ended), and whose fault it is; null while all is well. */
  readonly failure: () => HarnessError | null;
  /** Whether no more lines are to come, though some are missing: where they may be dropped. */
  readonly isOver?: () => boolean;
}

/** True when every line is there, or no more are to come; false when the deadline came first. */
export async function waitForLines({ sink, options }: Stage, wanted: SettleOptions): Promise<boolean> {
  for (;;) {
    options.signal.throwIfAborted();
    const { acknowledgedLines } = await sink.client.totals();
    options.progress.update(acknowledgedLines, wanted.lines, wanted.text);
    if (acknowledgedLines >= wanted.lines || wanted.isOver?.() === true) return true;
    const failure = wanted.failure();
    if (failure !== null) throw failure;
    const deadlineMs = wanted.deadlineMs();
    if (deadlineMs !== null && Date.now() > deadlineMs) return false;
    await sleep(pollMs);
  }
}

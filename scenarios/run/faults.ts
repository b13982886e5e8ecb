/** Makes the scenario's faults happen, each at its time, and keeps what must be known of them afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultAction, Moment, TimedFault } from '../scenario.ts';
import type { Stage } from './context.ts';
import { killStreamer } from './kill-streamer.ts';
import { afflictSink } from './sink-faults.ts';
import type { Streamer } from './streamer.ts';

export interface FaultRecord {
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** How often it met something: a fault that strikes nothing proves nothing. */
  readonly strikes: number;
  /** The most duplicates that it may cause. What the sink stored without an acknowledgement is counted apart. */
  readonly duplicateBound: number;
  /** Of the lines that the sink stored without an acknowledgement, those that the bound above holds already. */
  readonly unacknowledgedInBound: number;
}

export interface FaultTarget {
  readonly streamers: readonly Streamer[];
  /** Of everything that is uploaded. */
  readonly lines: number;
  readonly windowStartMs: number;
  /** The generators' records of uploads. */
  readonly uploadRecords: readonly string[];
}

const pollMs = 10;

/** Ends when the last fault is over. The signal ends those that have begun; one that has not is an AbortError. */
export async function runFaults(
  stage: Stage,
  target: FaultTarget,
  signal: AbortSignal,
): Promise<readonly FaultRecord[]> {
  return Promise.all(stage.scenario.faults.map((fault) => runFault(stage, target, fault, signal)));
}

async function runFault(
  stage: Stage,
  target: FaultTarget,
  { at, action }: TimedFault,
  signal: AbortSignal,
): Promise<FaultRecord> {
  await waitForMoment(stage, target, at, signal);
  return act(stage, target, action, signal);
}

async function waitForMoment({ sink }: Stage, target: FaultTarget, at: Moment, signal: AbortSignal): Promise<void> {
  if ('afterS' in at) {
    await sleep(Math.max(0, target.windowStartMs + at.afterS * 1000 - Date.now()), undefined, { signal });
    return;
  }
  while ((await sink.client.totals()).deliveredLines < at.deliveredShare * target.lines)
    await sleep(pollMs, undefined, { signal });
}

function act(stage: Stage, target: FaultTarget, action: FaultAction, signal: AbortSignal): Promise<FaultRecord> {
  switch (action.kind) {
    case 'kill-streamer':
      return killStreamer(stage, target, action);
    case 'sink':
      return afflictSink(stage, action, signal);
  }
}

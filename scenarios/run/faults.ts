/** Makes the scenario's faults happen, each at its time, and keeps what must be known of them afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultAction, Moment, TimedFault } from '../scenario.ts';
import { setClock } from './clock-faults.ts';
import type { Stage } from './context.ts';
import type { FaultRecord, FaultTarget } from './fault-record.ts';
import { killStreamer } from './kill-streamer.ts';
import { harmNetwork } from './network-faults.ts';
import { harmRedis } from './redis-faults.ts';
import { harmS3 } from './s3-faults.ts';
import { afflictSink } from './sink-faults.ts';
import { pauseStreamer, restartStreamers, startStreamers } from './streamer-faults.ts';

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
      return killStreamer(stage, target, action, signal);
    case 'pause-streamer':
      return pauseStreamer(stage, target, action, signal);
    case 'restart-streamers':
      return restartStreamers(stage, target, action, signal);
    case 'set-clock':
      return setClock(stage, target, action, signal);
    case 'start-streamers':
      return startStreamers(stage, target, action);
    case 'redis':
      return harmRedis(stage, target, action);
    case 'network':
      return harmNetwork(stage, target, action, signal);
    case 's3':
      return harmS3(stage, action, signal);
    case 'sink':
      return afflictSink(stage, action, signal);
  }
}

/** Faults of the mock EdgeDelta, for their time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultAction } from '../scenario.ts';
import type { Stage } from './context.ts';
import { faultOver, type FaultRecord } from './fault-record.ts';
import { sumOf } from './sum.ts';

export async function afflictSink(
  { sink, options }: Stage,
  { label, faults, forS }: Extract<FaultAction, { kind: 'sink' }>,
  signal: AbortSignal,
): Promise<FaultRecord> {
  const fromMs = Date.now();
  const ids = new Set(await sink.client.addFaults(faults));
  options.progress.note(`${label}, for ${forS} s`);
  // The end of the run ends it early: everything has been delivered all the same.
  await sleep(forS * 1000, undefined, { signal }).catch(() => undefined);
  const { active } = await sink.client.faults();
  for (const { id } of active) if (ids.has(id)) await sink.client.removeFault(id);
  const toMs = Date.now();
  const { ended } = await sink.client.faults();
  const strikes = sumOf(
    ended.filter(({ id }) => ids.has(id)),
    ({ hits }) => hits,
  );
  options.progress.note(`${label}: over`);
  return faultOver({ label, fromMs, toMs, strikes });
}

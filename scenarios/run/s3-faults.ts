/** Faults between the streamer and S3, for their time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '#simulator';
import type { FaultAction } from '../scenario.ts';
import type { Stage } from './context.ts';
import { type FaultRecord, faultOver } from './fault-record.ts';

export async function harmS3(
  { s3Proxy, options }: Stage,
  { label, faults, forS }: Extract<FaultAction, { kind: 's3' }>,
  signal: AbortSignal,
): Promise<FaultRecord> {
  if (s3Proxy === null) throw new HarnessError('usage', 'There is no proxy in front of this S3.');
  const fromMs = Date.now();
  const before = (await s3Proxy.stats()).strikes;
  await s3Proxy.useFaults(faults);
  options.progress.note(`${label}, for ${forS} s`);
  // The end of the run ends it early: everything has been delivered all the same.
  await sleep(forS * 1000, undefined, { signal }).catch(() => undefined);
  await s3Proxy.useFaults([]);
  const strikes = (await s3Proxy.stats()).strikes - before;
  options.progress.note(`${label}: over`);
  return faultOver({ label, fromMs, strikes });
}

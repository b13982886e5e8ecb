/** What happens to the run's Redis. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError, type RedisServer, waitUntilMaster } from '#simulator';
import type { FaultAction, RedisHarm } from '../scenario.ts';
import type { Stage } from './context.ts';
import { countLinesNotDurable, type DurableSource, readDurable, unionOf } from './durable-state.ts';
import { faultOver, type FaultRecord, type FaultTarget } from './fault-record.ts';

const labels: Readonly<Record<RedisHarm, string>> = {
  'kill-master': 'Redis master killed (SIGKILL), until its replica is the master',
  refuse: 'Redis away: connections refused',
  hang: 'Redis away: nothing answers',
  forget: 'Redis killed (SIGKILL), and back with nothing',
};

export async function harmRedis(
  stage: Stage,
  target: FaultTarget,
  { harm, forS }: Extract<FaultAction, { kind: 'redis' }>,
): Promise<FaultRecord> {
  const servers = stage.redis?.servers ?? [];
  const [master, replica] = servers;
  if (master === undefined) throw new HarnessError('usage', 'There is no Redis of this run to be harmed.');
  const isForgetful = harm === 'forget' || harm === 'kill-master';
  const source: DurableSource = isForgetful ? { kind: 'journals', streamers: target.streamers } : { kind: 'redis' };
  const before = await readDurable(stage, source, target.uploadRecords);
  const fromMs = Date.now();
  stage.options.progress.note(labels[harm]);
  switch (harm) {
    case 'kill-master':
      await master.kill();
      await waitUntilPromoted(replica);
      break;
    case 'refuse':
    case 'forget':
      await master.kill();
      await sleep(forS * 1000);
      await master.restart(harm === 'forget' ? 'empty' : 'kept');
      break;
    case 'hang':
      await master.pause();
      await sleep(forS * 1000);
      await master.resume();
      break;
  }
  const toMs = Date.now();
  stage.options.progress.note(`Redis answers again, after ${((toMs - fromMs) / 1000).toFixed(1)} s`);
  // What the instances remember counts, since they tell it to a Redis that has forgotten; also what a faulty one has thrown away by now. One that
  // was away comes back with what it had, and an instance that does not find it again at once is taken for dead before it has told the rest.
  const durable = isForgetful ? unionOf(await readDurable(stage, source, target.uploadRecords), before) : before;
  const duplicateBound = await countLinesNotDurable(stage, durable);
  const cutOff = target.streamers.map(({ name }) => name);
  const lettingGo = cutOff.map((name) => ({ name, atMs: fromMs }));
  const label = labels[harm];
  return faultOver({ label, fromMs, toMs, strikes: 1, duplicateBound, lettingGo, cutOff, isRedisAway: true });
}

async function waitUntilPromoted(replica: RedisServer | undefined): Promise<void> {
  if (replica === undefined) throw new HarnessError('usage', 'There is no replica that could take over.');
  await waitUntilMaster(replica);
}

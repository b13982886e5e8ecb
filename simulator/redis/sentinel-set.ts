/** A master, a replica and three sentinels: the smallest set that survives the loss of any one of them. */
import { freePort } from '../process/free-port.ts';
import { loopback, type RedisHost } from './host.ts';
import { ask, infoField, waitUntil } from './probe.ts';
import { masterName } from './server-config.ts';
import type { RedisAddress, RedisConnection, RedisServer } from './service.ts';

export interface SentinelSet {
  readonly servers: readonly [RedisServer, RedisServer];
  readonly connection: RedisConnection & { readonly kind: 'sentinels' };
}

const sentinelCount = 3;

/** Ends when a fail-over would succeed: not before every sentinel knows the replica and both other sentinels. */
export async function startSentinelSet(host: RedisHost): Promise<SentinelSet> {
  const master = await host.startServer({
    name: 'redis-1',
    port: await freePort(),
    replicaOf: null,
    isInSet: true,
  });
  const replica = await host.startServer({
    name: 'redis-2',
    port: await freePort(),
    replicaOf: master,
    isInSet: true,
  });
  await waitUntil('a replica at its master', async () => {
    const info = await ask(replica, (redis) => redis.info('replication'));
    return infoField(info, 'master_link_status') === 'up';
  });
  const sentinels: RedisAddress[] = [];
  for (let count = 1; count <= sentinelCount; count++) {
    const port = await freePort();
    await host.startSentinel({ name: `sentinel-${count}`, port, master });
    sentinels.push({ host: loopback, port });
  }
  await Promise.all(sentinels.map(waitUntilItKnowsAll));
  return { servers: [master, replica], connection: { kind: 'sentinels', sentinels, name: masterName } };
}

async function waitUntilItKnowsAll(sentinel: RedisAddress): Promise<void> {
  await waitUntil(`a sentinel at port ${sentinel.port} that knows all others`, async () => {
    const facts = await readMaster(sentinel);
    return (
      facts['num-slaves'] === '1' &&
      facts['num-other-sentinels'] === String(sentinelCount - 1) &&
      facts['flags'] === 'master'
    );
  });
}

/** What the sentinel says of the master, as it says it: names and values in turn. */
async function readMaster(sentinel: RedisAddress): Promise<Readonly<Record<string, string>>> {
  const answer = await ask(sentinel, (redis) => redis.call('SENTINEL', 'MASTER', masterName));
  if (!Array.isArray(answer)) return {};
  const words = answer.map(String);
  return Object.fromEntries(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? '']] : [])));
}

/** What the servers and sentinels of a run are told. */
import type { RedisAddress } from './service.ts';

/** The name by which sentinels and clients know the master. */
export const masterName = 's3es';

/** Sooner than the 30 s of the shipped sentinel.conf: a run should see the fail-over, and wait for little else. */
const downAfterMs = 1000;
const failoverTimeoutMs = 5000;
/** Of three sentinels, so many must agree that the master is down. */
const quorum = 2;

export interface ServerOptions {
  readonly port: number;
  readonly bind: string;
  /** Of its append-only file. */
  readonly folder: string;
  readonly replicaOf: RedisAddress | null;
}

/** Arguments of redis-server. Everything it has acknowledged is in its append-only file when it is killed: only a power cut, or a restart without the file, makes it forget. */
export function serverArguments({ port, bind, folder, replicaOf }: ServerOptions): readonly string[] {
  const values: Readonly<Record<string, string>> = {
    port: String(port),
    bind,
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    // Reached through loopback or a published port of loopback only.
    'protected-mode': 'no',
    // A replica is at its master's side at once; the default waits 5 s for others that might want to copy too.
    'repl-diskless-sync-delay': '0',
    ...(replicaOf === null ? {} : { replicaof: `${replicaOf.host} ${replicaOf.port}` }),
  };
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
}

/** A file, and one of its own: a sentinel writes what it learns into it. */
export function sentinelConfig(port: number, folder: string, master: RedisAddress): string {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    'protected-mode no',
    `dir ${folder}`,
    `sentinel monitor ${masterName} ${master.host} ${master.port} ${quorum}`,
    `sentinel down-after-milliseconds ${masterName} ${downAfterMs}`,
    `sentinel failover-timeout ${masterName} ${failoverTimeoutMs}`,
    `sentinel parallel-syncs ${masterName} 1`,
    '',
  ].join('\n');
}

/** Where redis-server and redis-sentinel run: on this machine, or in containers. */
import type { RedisAddress, RedisServer } from './service.ts';

export interface RedisHost {
  readonly kind: 'local' | 'container';
  startServer(start: ServerStart): Promise<RedisServer>;
  startSentinel(start: SentinelStart): Promise<void>;
}

export interface ServerStart {
  /** For its log files and in messages; different for each server of a run. */
  readonly name: string;
  readonly port: number;
  readonly replicaOf: RedisAddress | null;
  /** Other servers and sentinels must reach it under the address that clients use. */
  readonly isInSet: boolean;
}

export interface SentinelStart {
  readonly name: string;
  readonly port: number;
  readonly master: RedisAddress;
}

/** Everything listens on loopback only. */
export const loopback = '127.0.0.1';

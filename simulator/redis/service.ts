/** A Redis that a run works on, whoever provides it. */

/** One server, or a master that sentinels watch and replace. */
export type RedisTopology = 'standalone' | 'sentinel';

export interface RedisService {
  readonly kind: 'local' | 'container' | 'url';
  /** As the server says: `7.0.15`. */
  readonly version: string;
  readonly connection: RedisConnection;
  /** What all keys of the run begin with. */
  readonly keyPrefix: string;
  /** The servers that hold data: the master at the start first, then its replicas. Empty for a Redis that is not ours to harm. */
  readonly servers: readonly RedisServer[];
}

export type RedisConnection =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'sentinels'; readonly sentinels: readonly RedisAddress[]; readonly name: string };

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** One redis-server that the harness has started, and may harm. Its address stays the same over its restarts. */
export interface RedisServer extends RedisAddress {
  /** Null in a container. */
  readonly pid: number | null;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** After `kill`: with what its disk holds, or with nothing. Ends when it answers. */
  restart(disk: 'kept' | 'empty'): Promise<void>;
  /** Its connections stay open, and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

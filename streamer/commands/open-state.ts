/** The state that the configuration asks for: a local file for one instance, or Redis for many. There is no way from the one to the other by itself. */
import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { hasCode } from '../errors.ts';
import { openFileStateStore } from '../io/file-state-store.ts';
import type { RedisConnection } from '../io/redis/connection.ts';
import { RedisJournal } from '../io/redis/journal.ts';
import { connectionOnDemand } from '../io/redis/on-demand.ts';
import { RedisState } from '../io/redis/shared-state.ts';
import type { Events, SharedWork, StateStore } from '../ports.ts';

/** For the first connection; a fail-over takes less. */
const CONNECT_MS_MAX = 5_000;

export interface OpenedState {
  readonly state: StateStore;
  /** Null where nobody shares the objects. */
  readonly shared: SharedWork | null;
  readonly redis: RedisConnection | null;
  /** Nothing was ever read with this state: then a wrong configuration ends the program. */
  readonly isFirstStart: boolean;
}

export async function openState({ state: { redis, filePath } }: Config, events: Events): Promise<OpenedState> {
  if (redis === null) {
    const state = openFileStateStore(filePath);
    return { state, shared: null, redis: null, isFirstStart: (await state.readHead()) === null };
  }
  const journal = new RedisJournal(filePath);
  const connection = await connectionOnDemand(redis);
  const { leaseTtlMs } = redis;
  const state = new RedisState({ connection, journal, leaseTtlMs, events, newEpoch: randomUUID });
  const isKnown = journal.epoch !== null;
  try {
    await connection.connect(CONNECT_MS_MAX);
    return { state, shared: state, redis: connection, isFirstStart: (await state.readHead()) === null };
  } catch (error) {
    // Redis may be away while this instance is started again: it waits for it, with readiness red, and reads nothing meanwhile.
    if (isKnown && hasCode(error, 'STATE_UNREACHABLE'))
      return { state, shared: state, redis: connection, isFirstStart: false };
    await state.close();
    throw error;
  }
}

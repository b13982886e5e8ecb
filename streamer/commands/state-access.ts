/** The state that the commands look at and change, wherever the configuration says that it is: the local file, or Redis. */
import type { Config } from '../config/config.ts';
import { StreamerError } from '../errors.ts';
import { RedisAdmin } from '../io/redis/admin.ts';
import { connectionOnDemand } from '../io/redis/on-demand.ts';
import type { RedisConnection } from '../io/redis/connection.ts';
import {
  missingState,
  openStateAdmin,
  openStateAdminAlone,
  type Rewound,
  type WantedRequest,
} from '../io/state-admin.ts';
import { isStateInUse, openStateReader, type StateReader } from '../io/state-reader.ts';

const CONNECT_MS_MAX = 5_000;

type Later<T> = T | Promise<T>;

/** As the state's reader has them; an answer may have to come from afar. */
type Questions = Omit<StateReader, 'path' | 'close'>;
export type StateView = {
  readonly [Name in keyof Questions]: (...args: Parameters<Questions[Name]>) => Later<ReturnType<Questions[Name]>>;
} & {
  readonly path: string;
  /** Whether a streamer runs on it now. */
  isInUse(): Later<boolean>;
  close(): Later<void>;
};

export interface StateDesk {
  readonly view: StateView;
  /** All of them at once. */
  want(requests: readonly WantedRequest[]): Later<void>;
  /** With every streamer stopped. */
  rewind(toMs: number): Later<Rewound>;
  /** Returns when all of it is durable. */
  close(): Promise<void>;
}

/** Null when there is no state yet. */
export async function viewStateIfAny({ state: { redis, filePath } }: Config): Promise<StateView | null> {
  if (redis !== null) return openRedis(await connectionOnDemand(redis));
  const reader = openStateReader(filePath);
  return reader === null ? null : viewOf(reader, filePath);
}

export async function viewState(config: Config): Promise<StateView> {
  const view = await viewStateIfAny(config);
  if (view === null) throw missing(config);
  return view;
}

/** Beside a running streamer or without one. */
export async function changeState(config: Config): Promise<StateDesk> {
  const { redis, filePath } = config.state;
  if (redis !== null) return changeRedis(config);
  const admin = openStateAdmin(filePath);
  return { ...admin, view: viewOf(admin.reader, filePath) };
}

export async function changeStateAlone(config: Config): Promise<StateDesk> {
  const { redis, filePath } = config.state;
  if (redis !== null) return changeRedis(config);
  const admin = openStateAdminAlone(filePath);
  return { ...admin, view: viewOf(admin.reader, filePath) };
}

function viewOf(reader: StateReader, filePath: string): StateView {
  return { ...reader, isInUse: () => isStateInUse(filePath) };
}

async function changeRedis(config: Config): Promise<StateDesk> {
  const { redis } = config.state;
  const admin = redis === null ? null : await openRedis(await connectionOnDemand(redis));
  if (admin === null) throw missing(config);
  return {
    view: admin,
    want: async (requests) => admin.want(requests),
    rewind: async (toMs) => admin.rewind(toMs),
    close: async () => admin.close(),
  };
}

async function openRedis(connection: RedisConnection): Promise<RedisAdmin | null> {
  try {
    await connection.connect(CONNECT_MS_MAX);
    const admin = await RedisAdmin.open(connection);
    if (admin === null) connection.close();
    return admin;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function missing({ state: { redis, filePath } }: Config): StreamerError {
  if (redis === null) return missingState(filePath);
  return new StreamerError(
    'STATE_MISSING',
    `there is no state yet in Redis under state.redis.key_prefix ${redis.keyPrefix}: check it, or start the streamer once`,
  );
}

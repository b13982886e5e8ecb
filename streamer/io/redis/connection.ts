/**
 * One connection to Redis: standalone or by way of Sentinel, with TLS or without. It connects again for ever, and fails what was asked meanwhile at once:
 * whoever asks decides whether to ask again. Nothing waits in a hidden queue, and nothing is sent twice behind our back.
 */
import { hash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { RedisConfig } from '../../config/config.ts';
import { type ErrorCode, StreamerError } from '../../errors.ts';
import { readTlsFiles } from '../tls-files.ts';
import { cureOfPassing, cureOfRefusal, cureOfSilence, isSaying } from './reply-errors.ts';
import type { Script } from './scripts.ts';

const RECONNECT_MS = 100;
const CONNECT_MS_MAX = 2_000;
/** A server that accepts and does not answer (stopped, cut off without a reset) is as good as away. */
const ANSWER_MS_MAX = 3_000;
const ERROR_CHARS_MAX = 200;

export interface RedisConnection {
  /** Where it leads, without secrets. */
  readonly place: string;
  readonly isConnected: boolean;
  /** Since the start. */
  readonly commandCount: number;
  /** The first connection; throws when there is none after `withinMs`. */
  connect(withinMs: number): Promise<void>;
  /** Runs a script on the keys of `key_prefix`. */
  run(script: Script, args: readonly (string | number)[]): Promise<unknown>;
  /** One plain command. */
  command(name: string, args: readonly (string | number)[]): Promise<unknown>;
  /** A key of `key_prefix`. */
  key(name: string): string;
  close(): void;
}

export function createRedisConnection(config: RedisConfig): RedisConnection {
  return new IoredisConnection(config);
}

class IoredisConnection implements RedisConnection {
  readonly place: string;
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #hashes = new Map<Script, string>();
  /** Of commands that wait for their answers. */
  readonly #underWay = new Set<(error: Error) => void>();
  #lastError: Error | null = null;
  #commands = 0;

  constructor(config: RedisConfig) {
    this.place = placeOf(config.server);
    this.#prefix = `{${config.keyPrefix}}:`;
    this.#redis = createClient(config);
    this.#redis.on('error', (error: Error) => (this.#lastError = error));
    // What was said before that is no cause of what comes after.
    this.#redis.on('ready', () => (this.#lastError = null));
    this.#redis.on('close', () => this.#failAll());
    this.#limitHandshake();
  }

  get isConnected(): boolean {
    return this.#redis.status === 'ready';
  }

  get commandCount(): number {
    return this.#commands;
  }

  async connect(withinMs: number): Promise<void> {
    const ready = new Promise<void>((resolve) => this.#redis.once('ready', resolve));
    // It fails when the first attempt does; the next ones are made all the same.
    this.#redis.connect().catch((error: unknown) => (this.#lastError ??= error instanceof Error ? error : null));
    const timer = Promise.withResolvers<never>();
    const timeout = setTimeout(() => timer.reject(this.#unreachable()), withinMs);
    const refused = setInterval(() => {
      if (cureOfRefusal(this.#lastError) !== null) timer.reject(this.#explain(this.#lastError));
    }, RECONNECT_MS);
    try {
      await Promise.race([ready, timer.promise]);
    } finally {
      clearTimeout(timeout);
      clearInterval(refused);
    }
  }

  async run(script: Script, args: readonly (string | number)[]): Promise<unknown> {
    const sha = this.#hashes.get(script) ?? hash('sha1', script.lua);
    this.#hashes.set(script, sha);
    const rest = [1, this.key('meta'), ...args];
    try {
      return await this.#send('EVALSHA', [sha, ...rest]);
    } catch (error) {
      // After a restart or a fail-over the server does not know it.
      if (isSaying(error, 'NOSCRIPT')) return this.#guard(async () => this.#send('EVAL', [script.lua, ...rest]));
      throw this.#explain(error);
    }
  }

  async command(name: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.#guard(async () => this.#send(name, args));
  }

  key(name: string): string {
    return this.#prefix + name;
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async #send(name: string, args: readonly (string | number)[]): Promise<unknown> {
    if (!this.isConnected) throw this.#unreachable();
    this.#commands += 1;
    return new Promise((resolve, reject) => {
      const settle = <T>(end: (value: T) => void, value: T): void => {
        clearTimeout(timer);
        this.#underWay.delete(fail);
        end(value);
      };
      const fail = (error: Error): void => settle(reject, error);
      const timer = setTimeout(() => {
        fail(this.#unreachable(new Error(`nothing within ${ANSWER_MS_MAX} ms`)));
        // Whatever it would still answer is not ours any more.
        this.#redis.disconnect(true);
      }, ANSWER_MS_MAX);
      this.#underWay.add(fail);
      this.#redis.call(name, ...args).then((answer) => settle(resolve, answer), fail);
    });
  }

  /** What the client itself asks of a new connection may be swallowed as well: without a limit it would wait for ever, and nobody would connect again. */
  #limitHandshake(): void {
    let timer: NodeJS.Timeout | undefined;
    this.#redis.on('connect', () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        this.#lastError = new Error(`connected, and not ready within ${ANSWER_MS_MAX} ms`);
        this.#redis.disconnect(true);
      }, ANSWER_MS_MAX);
    });
    for (const event of ['ready', 'close']) this.#redis.on(event, () => clearTimeout(timer));
  }

  #failAll(): void {
    for (const fail of [...this.#underWay]) fail(this.#unreachable());
  }

  #explain(error: unknown): StreamerError {
    if (error instanceof StreamerError) return error;
    const said = (error instanceof Error ? error.message : String(error)).slice(0, ERROR_CHARS_MAX);
    if (isSaying(error, 'EPOCH')) return new StreamerError('STATE_FORGOTTEN', said, { cause: error });
    const told = (code: ErrorCode, does: string, cure: string | null): StreamerError =>
      new StreamerError(code, `Redis at ${this.place} ${does} (${said})${cure === null ? '' : `: ${cure}`}`, {
        cause: error,
      });
    const refusalCure = cureOfRefusal(error);
    if (refusalCure !== null) return told('STATE_REFUSED', 'refuses us', refusalCure);
    const passingCure = cureOfPassing(error);
    if (passingCure !== null) return told('STATE_UNREACHABLE', 'cannot do it now', passingCure);
    if (error instanceof Error && error.name === 'ReplyError') return told('STATE_CORRUPT', 'cannot do it', null);
    return this.#unreachable(error);
  }

  #unreachable(cause: unknown = this.#lastError): StreamerError {
    const said = cause instanceof Error && cause.message !== '' ? ` (${cause.message.slice(0, ERROR_CHARS_MAX)})` : '';
    return new StreamerError(
      'STATE_UNREACHABLE',
      `Redis at ${this.place} does not answer${said}: ${cureOfSilence(cause)}`,
      { cause },
    );
  }
}

function createClient({ server, username, password, database, tls }: RedisConfig): Redis {
  const files = readTlsFiles(tls);
  const tlsOptions =
    files === null
      ? {}
      : {
          ...(files.ca === null ? {} : { ca: files.ca }),
          ...(files.cert === null ? {} : { cert: files.cert }),
          ...(files.key === null ? {} : { key: files.key }),
        };
  const options = {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(database === 0 ? {} : { db: database }),
    lazyConnect: true,
    connectTimeout: CONNECT_MS_MAX,
    maxRetriesPerRequest: null,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => RECONNECT_MS,
    // A master that became a replica: Sentinel knows the new one by now.
    reconnectOnError: (error: Error) => (isSaying(error, 'READONLY') ? (1 as const) : false),
  };
  switch (server.kind) {
    case 'url':
      return new Redis(server.url, { ...options, ...(files === null ? {} : { tls: tlsOptions }) });
    case 'address':
      return new Redis({
        ...options,
        host: server.host,
        port: server.port,
        ...(files === null ? {} : { tls: tlsOptions }),
      });
    case 'sentinel':
      return new Redis({
        ...options,
        sentinels: server.sentinels.map(({ host, port }) => ({ host, port })),
        name: server.name,
        sentinelRetryStrategy: () => RECONNECT_MS,
        // Of several sentinels one may be silent: the next one is asked.
        sentinelCommandTimeout: ANSWER_MS_MAX,
        // Sentinels speak TLS, or not, as their servers do.
        ...(files === null ? {} : { tls: tlsOptions, enableTLSForSentinelMode: true, sentinelTLS: tlsOptions }),
      });
  }
}

function placeOf(server: RedisConfig['server']): string {
  switch (server.kind) {
    case 'url':
      return URL.canParse(server.url) ? new URL(server.url).host : 'state.redis.url';
    case 'address':
      return `${server.host}:${server.port}`;
    case 'sentinel':
      return `${server.name} (of ${server.sentinels.length} sentinels)`;
  }
}

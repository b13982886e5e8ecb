/** `run`: builds the real adapters, runs the pipeline until a signal, and drains. The only place that constructs adapters. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { secretsOf } from '../config/redact.ts';
import { StreamerError } from '../errors.ts';
import { createHttpSink } from '../io/http-sink.ts';
import { BufferPool } from '../io/buffer-pool.ts';
import { createNodeInflate } from '../io/node-inflate.ts';
import { createLoggedEvents, createLogger } from '../io/pino-events.ts';
import type { RedisConnection } from '../io/redis/connection.ts';
import { createS3Client, createS3ObjectStore } from '../io/s3-object-store.ts';
import { readTlsFiles } from '../io/tls-files.ts';
import { systemClock, systemRandom } from '../io/system-clock.ts';
import { HEADS_MAX } from '../notification-intake.ts';
import { createPipeline } from '../pipeline.ts';
import type { Events, Ports } from '../ports.ts';
import { requestHeaders } from '../request-headers.ts';
import { VERSION } from '../version.ts';
import { createObservatory } from './observatory.ts';
import { openState } from './open-state.ts';
import { checkEndpoints, checkQueue, checkSources } from './preflight.ts';
import { openQueue, queueWarnings } from './queue.ts';
import { redisProblems } from './redis-fitness.ts';
import { stopListener } from './stop-signals.ts';

/** SIGHUP: the terminal is closed, or somebody hopes for a reload, which there is none of. Unheard it would kill. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const PROGRESS_INTERVAL_MS = 10_000;
/** A buffer that no object needed for this long is given back to the system. */
const POOL_IDLE_MS_MAX = 1_000;
/** The last one stays: at the documented load an object comes every 2.6 s, and fresh memory for it costs 4 ms. */
const POOL_LAST_IDLE_MS_MAX = 10_000;
/** LISTs, and retries that overlap their successors, beside the readers. */
const SPARE_SOCKETS = 4;

export interface RunOptions {
  readonly config: Config;
  /** Already said to be wrong or odd with the configuration, to be logged. */
  readonly warnings: readonly string[];
}

/** Returns after a clean stop; throws a `StreamerError` when it cannot start. */
export async function runStreamer({ config, warnings }: RunOptions): Promise<void> {
  const secrets = secretsOf(config, process.env);
  const logger = createLogger({ ...config.logging, secrets });
  const stop = new AbortController();
  const kill = new AbortController();
  const queue = await openQueue(config);
  const socketsMax = config.processing.workers + SPARE_SOCKETS + (queue === null ? 0 : HEADS_MAX);
  const client = createS3Client({ ...config.s3, socketsMax });
  const sink = createHttpSink({ ...sinkOptions(config), secrets }, systemClock);
  const logged = createLoggedEvents(logger, systemClock);
  const { totals } = logged;
  const events: Events = {
    emit(event) {
      logged.emit(event);
      observatory.observe(event);
    },
  };
  let redis: RedisConnection | null = null;
  const redisCommands = (): number => redis?.commandCount ?? 0;
  const observatory = createObservatory({ config, clock: systemClock, totals, sink, events, redisCommands });
  const pool = contentPool(config);
  const { state, shared, isFirstStart, ...opened } = await openState(config, events);
  redis = opened.redis;
  const ports: Ports = {
    clock: systemClock,
    random: systemRandom,
    objects: createS3ObjectStore(client, socketsMax),
    inflate: createNodeInflate(pool),
    sink,
    state,
    events,
    ...(queue === null ? {} : { notifications: queue.notifications }),
    ...(shared === null ? {} : { shared }),
  };
  const endOfSignals = stopOnSignals(config, stop, kill, (reason) =>
    events.emit({ kind: 'streamer stopping', reason }),
  );
  try {
    for (const warning of warnings) logger.warn({ warning }, 'configuration warning');
    await checkSurroundings(ports, config, isFirstStart, logger, stop.signal).catch((error: unknown) => {
      // What a stop has broken off is no fault of the surroundings.
      if (!stop.signal.aborted) throw error;
    });
    if (redis !== null) await warnOfRedis(redis, logger);
    if (stop.signal.aborted) return;
    const pipeline = createPipeline(ports, config);
    const healthPort = await observatory.open(pipeline);
    events.emit({
      kind: 'streamer started',
      version: VERSION,
      pid: process.pid,
      endpoints: sink.endpoints,
      sources: config.s3.sources.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`),
      healthPort,
    });
    const progress = (): object => ({ ...totals, ...pipeline.gauges(), redisCommands: redisCommands() });
    const endOfProgress = logProgress(logger, progress);
    try {
      await pipeline.run(stop.signal, kill.signal);
    } finally {
      endOfProgress();
    }
  } finally {
    endOfSignals();
    await observatory.close();
    await sink.close();
    client.destroy();
    queue?.close();
    await state.close();
  }
}

/** Throws what an operator must mend before anything can work. */
async function checkSurroundings(
  { objects, notifications }: Ports,
  config: Config,
  isFirstStart: boolean,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const start = { isFirstStart, clock: systemClock };
  await checkSources(objects, config, start, signal);
  const facts = notifications === undefined ? null : await checkQueue(notifications, start, signal);
  for (const warning of facts === null ? [] : queueWarnings(config, facts)) logger.warn({ warning }, 'queue warning');
  for (const endpoint of await checkEndpoints(config, isFirstStart))
    logger.warn({ endpoint }, 'endpoint not reachable');
}

/** Not where it is away: this instance waits for it. */
async function warnOfRedis(redis: RedisConnection, logger: Logger): Promise<void> {
  try {
    for (const { detail, cure } of await redisProblems(redis, systemClock))
      logger.warn({ redis: redis.place, warning: detail, cure }, 'redis warning');
  } catch (error) {
    if (!(error instanceof StreamerError)) throw error;
    logger.warn({ redis: redis.place, code: error.code, warning: error.message }, 'redis warning');
  }
}

function stopOnSignals(
  config: Config,
  stop: AbortController,
  kill: AbortController,
  onStop: (reason: string) => void,
): () => void {
  let grace: NodeJS.Timeout | undefined;
  const onSignal = stopListener(
    {
      patiently(signal) {
        onStop(signal);
        stop.abort();
        grace = setTimeout(() => kill.abort(), config.shutdownGraceMs);
      },
      // Asked twice: no more patience.
      atOnce: () => kill.abort(),
    },
    () => performance.now(),
  );
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  return () => {
    clearTimeout(grace);
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
  };
}

/** A line with all sums every ten seconds, and one at the end. */
function logProgress(logger: Logger, progress: () => object): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const fields = (): object => {
    const { user, system } = process.cpuUsage();
    const memory = process.memoryUsage();
    return {
      ...progress(),
      eventLoopDelayP99Ms: delay.percentile(99) / 1e6,
      rssMB: memory.rss / 1e6,
      heapMB: memory.heapTotal / 1e6,
      heapUsedMB: memory.heapUsed / 1e6,
      arrayBuffersMB: memory.arrayBuffers / 1e6,
      cpuS: (user + system) / 1e6,
    };
  };
  const timer = setInterval(() => logger.info(fields(), 'streamer progress'), PROGRESS_INTERVAL_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    logger.info(fields(), 'streamer stopped');
    logger.flush();
  };
}

function contentPool({ memoryLimitBytes }: Config): BufferPool {
  const pool = new BufferPool({
    bytesMax: memoryLimitBytes,
    idleBytesMax: memoryLimitBytes / 4,
    idleMsMax: POOL_IDLE_MS_MAX,
    lastIdleMsMax: POOL_LAST_IDLE_MS_MAX,
    nowMs: () => systemClock.now(),
  });
  setInterval(() => pool.dropStale(), POOL_IDLE_MS_MAX).unref();
  return pool;
}

function sinkOptions({ http }: Config): Parameters<typeof createHttpSink>[0] {
  return {
    endpoints: http.endpoints,
    connectionsMax: http.workers,
    requestTimeoutMs: http.requestTimeoutMs,
    connectTimeoutMs: http.connectTimeoutMs,
    responseHeaderTimeoutMs: http.responseHeaderTimeoutMs,
    idleConnectionTimeoutMs: http.idleConnectionTimeoutMs,
    headers: requestHeaders(http),
    compression: http.compression,
    tls: readTlsFiles(http.tls),
  };
}

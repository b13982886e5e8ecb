/**
 * The streamer, top to bottom as the data flows: discover -> open -> split -> batch -> send -> settle. Where several instances share the objects, what one of
 * them discovers is told to all (`offers.ts`), and each opens what it has claimed (`claims.ts`).
 *
 * Invariants:
 * - An object is complete only when every byte of it is settled; only then does state say so.
 * - What is read waits for what is sent: reading reserves its bytes first (`memory.limit`), queueing waits for room (`http.buffer_bytes`).
 * - Stopping loses nothing: reading stops first, what is queued is sent, progress is saved last.
 */
import { Claims } from './claims.ts';
import type { Config } from './config/config.ts';
import { SHARED_STATE_RETRY } from './core/backoff.ts';
import { AdaptiveLimit } from './core/adaptive-limit.ts';
import { ByteBudget } from './core/byte-budget.ts';
import { FolderFormats } from './core/folder-formats.ts';
import { compileFormats } from './core/format.ts';
import { type Backlog, KnownObjects } from './core/known-objects.ts';
import { identityOf } from './core/object-task.ts';
import { ParkedObjects } from './core/parked-objects.ts';
import { type ReadyTask, ReadyQueue } from './core/ready-queue.ts';
import { SourceGate } from './core/source-gate.ts';
import { SendQueue } from './core/send-queue.ts';
import { Wakeup } from './core/wakeup.ts';
import { Delivery, type EndpointStatus } from './delivery.ts';
import { Discovery } from './discovery.ts';
import { NotificationIntake } from './notification-intake.ts';
import { followRefused, retryObject, settleObject } from './object-end.ts';
import { ObjectReader } from './object-reader.ts';
import { Offers } from './offers.ts';
import type { Ports, StateHead } from './ports.ts';
import { ProgressWriter } from './progress-writer.ts';
import { isListingHealthy, type RunContext } from './run-context.ts';
import { sendBatches } from './sender.ts';
import { HEAD_OVERLAP_MS, SourceIntake } from './source-intake.ts';
import { offerWanted } from './wanted.ts';
import { abortWhenMoved, readHead, watchStart, WorkStart } from './work-start.ts';

/** A completed object is remembered in memory for as long as head scans may list it again. */
const KNOWN_KEEP_MS = HEAD_OVERLAP_MS + 120_000;
/** While the state store refuses to write, nothing new is read. */
const UNHEALTHY_POLL_MS = 200;
const READY_WAIT_MS_MAX = 60_000;

/** So many refused objects in a row are no matter of the objects. */
const SOURCE_GATE = { refusalsInRowMax: 5, restMs: 30_000 } as const;
const READ_LIMIT_WINDOW_MS = 1_000;
const SAVE_RETRY_MS_MAX = 10_000;

/** What is remembered of parked objects: some ten thousand of them. */
const PARKED_BYTES_MAX = 16 * 1024 * 1024;

/** What an observer (health, metrics) may look at while the pipeline runs. */
export interface PipelineGauges {
  readonly inFlightBytes: number;
  readonly inFlightBytesMax: number;
  readonly queuedBytes: number;
  readonly queuedLines: number;
  readonly readyObjects: number;
  readonly backlogObjects: number;
  readonly unsettledObjects: number;
  /** Objects with batches that the endpoints answer with server errors while they take others. */
  readonly parkedObjects: number;
  readonly usableEndpoints: number;
  readonly isStateHealthy: boolean;
  /** False while LISTs fail, or while a source refuses its objects. */
  readonly isS3Healthy: boolean;
  /** False while the queue of notifications refuses something; true where there is none. */
  readonly isQueueHealthy: boolean;
  /** Whether this instance lists: always, where nobody shares the objects. */
  readonly isLister: boolean;
  /** Objects that this instance has claimed; 0 where nobody shares them. */
  readonly claimedObjects: number;
}

/** What costs more to look at, or does not belong into a log line. */
export interface PipelineStatus {
  readonly endpoints: readonly EndpointStatus[];
  /** Objects that may be read and are not durably complete. */
  readonly backlog: Backlog;
  /** Of the buffer between S3 and HTTP, in bytes or in lines, whichever is fuller; 0 to 1, above it while a batch larger than the buffer is in it. */
  readonly bufferUtilization: number;
  /** Settled and not yet durable. */
  readonly unsavedBytes: number;
}

export interface Pipeline {
  /**
   * Runs until `stop` aborts, then drains: nothing new is read, what is queued is sent, progress is saved. `kill` aborts what is still under
   * way (`shutdown_grace` is over). Rejects when the last commit fails or on a fault of our own.
   */
  run(stop: AbortSignal, kill: AbortSignal): Promise<void>;
  gauges(): PipelineGauges;
  status(): PipelineStatus;
}

export function createPipeline(ports: Ports, config: Config): Pipeline {
  const context = createContext(ports, config);
  const delivery = new Delivery(ports);
  return {
    run: async (stop, kill) => run(context, delivery, stop, kill),
    gauges: () => ({
      inFlightBytes: context.budget.heldBytes,
      inFlightBytesMax: context.budget.peakBytes,
      queuedBytes: context.sendQueue.bytes,
      queuedLines: context.sendQueue.lines,
      readyObjects: context.ready.length,
      backlogObjects: context.ready.backlogLength,
      unsettledObjects: context.known.underWayCount,
      parkedObjects: context.parked.count,
      usableEndpoints: delivery.usableEndpointCount,
      isStateHealthy: context.progress.isHealthy && context.claims?.isHealthy !== false && context.start.isHealthy,
      isLister: context.claims?.isLister !== false,
      claimedObjects: context.claims?.heldCount ?? 0,
      isQueueHealthy: context.queue.failingActions.size === 0,
      isS3Healthy: isListingHealthy(context) && !context.gates.some(({ isRefusing }) => isRefusing),
    }),
    status: () => ({
      endpoints: delivery.endpointStatus(),
      backlog: context.known.backlogAt(ports.clock.now()),
      bufferUtilization: Math.max(
        context.sendQueue.bytes / config.http.bufferBytes,
        context.sendQueue.lines / config.http.bufferLines,
      ),
      unsavedBytes: context.progress.unsavedBytes,
    }),
  };
}

async function run(context: RunContext, delivery: Delivery, stop: AbortSignal, kill: AbortSignal): Promise<void> {
  const { ports, config, progress, sendQueue, claims } = context;
  // A fault of ours in one stage stops them all: better a restart than half a pipeline.
  const fault = new AbortController();
  const stopOrFault = AbortSignal.any([stop, fault.signal]);
  const killOrFault = AbortSignal.any([kill, fault.signal]);
  const guard = async (stage: Promise<unknown>): Promise<void> => {
    try {
      await stage;
    } catch (error) {
      fault.abort();
      throw error;
    }
  };
  const saved = new AbortController();

  const head = await readHead(context, stopOrFault);
  if (head === null) return;
  const intakes = config.s3.sources.map((_, index) => new SourceIntake(context, index));
  const discoveries = intakes.map((intake, index) => new Discovery(context, index, intake));
  const notified =
    ports.notifications === undefined ? null : new NotificationIntake(context, ports.notifications, intakes);
  const leased = new AbortController();
  const renewing = claims === null ? Promise.resolve() : guard(claims.keep(context, leased.signal));
  // Heard at the end.
  renewing.catch(() => undefined);
  const discovering = [
    ...(claims === null || ports.shared === undefined
      ? discover(context, discoveries, head, () => null, stopOrFault)
      : share(context, claims, new Offers(ports.shared), stopOrFault)),
    ...(notified === null ? [] : [notified.run(stopOrFault)]),
  ];
  const reading = readObjects(context, discoveries, stopOrFault);
  const sending = Array.from({ length: config.http.workers }, () => sendBatches(context, delivery, killOrFault));
  const settling = progress.run(saved.signal);
  const noticesKept = new AbortController();
  const keeping = notified === null ? Promise.resolve() : guard(notified.keep(noticesKept.signal));
  // Heard at the end.
  keeping.catch(() => undefined);

  const stages = [...discovering, reading, ...sending].map((stage) => guard(stage));
  void Promise.allSettled([...discovering, reading]).then(() => sendQueue.close());
  const outcomes = await Promise.allSettled(stages);
  saved.abort();
  await settling;
  try {
    await progress.flush();
  } finally {
    // Only now: what was settled at the very end counts too, and the rest is given back with its progress saved.
    noticesKept.abort();
    await Promise.allSettled([keeping]);
    await notified?.close();
    leased.abort();
    await Promise.allSettled([renewing]);
    await claims?.leave();
  }
  await keeping;
  await renewing;
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Discover: two motions for each source, and one for what was asked for by name. Once every source was swept, state need look no further back than the earliest of those sweeps did. */
function discover(
  context: RunContext,
  discoveries: readonly Discovery[],
  head: StateHead,
  oldestOfferedMs: () => number | null,
  signal: AbortSignal,
): readonly Promise<void>[] {
  const { config, known, progress } = context;
  const sweptMs = discoveries.map(() => -Infinity);
  const onSwept = (source: number, sweepStartMs: number): void => {
    sweptMs[source] = sweepStartMs;
    const earliestMs = Math.min(...sweptMs);
    if (earliestMs === -Infinity) return;
    const lookbackMs = earliestMs - config.processing.lookbackMs;
    const floorMs = Math.min(lookbackMs, known.oldestUnderWayMs() ?? lookbackMs, oldestOfferedMs() ?? lookbackMs);
    progress.setHead(
      { startFromMs: head.startFromMs, floorMs },
      Math.min(floorMs, earliestMs - config.auditRetentionMs),
    );
  };
  if (config.discovery.mode === 'sqs') return [passTime(context, onSwept, signal), offerWanted(context, signal)];
  const motions = discoveries.flatMap((discovery, source) => [
    discovery.runHeadScans(signal),
    discovery.runSweeps(head.floorMs, (sweepStartMs) => onSwept(source, sweepStartMs), signal),
  ]);
  return [...motions, offerWanted(context, signal)];
}

/** Discover, where several instances share the objects: one lists for all, and each claims what it reads. */
function share(context: RunContext, claims: Claims, offers: Offers, signal: AbortSignal): readonly Promise<void>[] {
  const list = async (term: AbortSignal): Promise<void> => {
    // Those who listed before have moved it.
    const head = await readHead(context, term);
    if (head === null) return;
    const moved = new AbortController();
    const untilMoved = AbortSignal.any([term, moved.signal]);
    const discoveries = context.config.s3.sources.map(
      (_, index) => new Discovery(context, index, new SourceIntake(context, index)),
    );
    const motions = discover(context, discoveries, head, () => offers.oldestMs(), untilMoved);
    await Promise.all([...motions, abortWhenMoved(context, head, moved, untilMoved)]);
  };
  return [
    claims.inTurn(list, signal),
    offers.run(context, signal),
    claims.fill(context, signal),
    watchStart(context, signal),
  ];
}

/** With notifications alone nobody sweeps. What the queue does not tell of is never found, so state forgets as if all had been swept. */
async function passTime(
  { ports, config, known }: RunContext,
  onSwept: (source: number, sweepStartMs: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const intervalMs = Math.min(config.processing.lookbackIntervalMs, KNOWN_KEEP_MS);
  while (!signal.aborted) {
    const nowMs = ports.clock.now();
    known.expire(nowMs);
    for (const source of config.s3.sources.keys()) onSwept(source, nowMs);
    await ports.clock.sleep(intervalMs, signal);
  }
}

/** Open, split and batch: `processing.worker_count` objects at a time. */
async function readObjects(context: RunContext, discoveries: readonly Discovery[], stop: AbortSignal): Promise<void> {
  // A fault of ours in one reading ends them all, whatever the loop below waits for at that moment.
  const faults: unknown[] = [];
  const fault = new AbortController();
  const signal = AbortSignal.any([stop, fault.signal]);
  const reader = new ObjectReader(context, (flight, end) => settleObject(context, discoveries, flight, end, signal));
  const reading = new Set<Promise<void>>();
  for (let next = await nextReady(context, signal); next !== null; next = await nextReady(context, signal)) {
    const { task } = next;
    const read = async (): Promise<void> => {
      try {
        const error = await reader.read(next, signal);
        if (error !== null) retryObject(context, discoveries, task, error, signal);
      } catch (error) {
        faults.push(error);
        fault.abort();
      }
    };
    const slot = read().finally(() => reading.delete(slot));
    reading.add(slot);
    while (reading.size >= context.readLimit.limit) await Promise.race(reading);
  }
  await Promise.all(reading);
  for (const error of faults) throw error;
}

async function nextReady(context: RunContext, signal: AbortSignal): Promise<ReadyTask | null> {
  const { ports, ready, readyChanged, parked, progress, claims } = context;
  while (!signal.aborted) {
    // What is claimed is read until its lease ends: progress is in the journal meanwhile.
    if (!progress.isHealthy && claims === null) {
      await ports.clock.sleep(UNHEALTHY_POLL_MS, signal);
      continue;
    }
    const nowMs = ports.clock.now();
    readmitParked(context, nowMs);
    const next = ready.take(nowMs);
    if (next !== null) {
      const restsUntilMs = context.gates[next.task.source]?.restsUntilMs(nowMs) ?? -Infinity;
      if (restsUntilMs <= nowMs) return next;
      ready.push({ ...next.task, notBeforeMs: restsUntilMs }, nowMs);
      continue;
    }
    const untilMs = ready.nextNotBeforeMs ?? Infinity;
    const parkedMs = parked.waitMs(nowMs) ?? Infinity;
    // One that is due while there is no room waits until something is taken; to look for it before would be to look without a pause.
    const waitMs = Math.min(untilMs - nowMs, hasRoom(context) ? parkedMs : Infinity, READY_WAIT_MS_MAX);
    await readyChanged.wait(ports.clock, Math.max(1, waitMs), signal);
  }
  return null;
}

function hasRoom({ ready, config }: RunContext): boolean {
  return ready.length < config.processing.queueObjectsMax;
}

/** Not all at once: while the ready queue is full, nothing new would be found. */
function readmitParked(context: RunContext, nowMs: number): void {
  const { ready, parked } = context;
  while (hasRoom(context)) {
    const task = parked.takeDue(nowMs);
    if (task === null) return;
    // Its own moment came before it was parked, and comes no second time when the clock is set back.
    ready.push({ ...task, notBeforeMs: nowMs }, nowMs);
  }
}

export function createContext(ports: Ports, config: Config): RunContext {
  const known = new KnownObjects({ keepMs: KNOWN_KEEP_MS });
  const { http, processing, state } = config;
  const formats = compileFormats(processing.formats);
  const isShared = ports.shared !== undefined;
  const claims = ports.shared === undefined ? null : new Claims(ports, ports.shared, config);
  const ready = new ReadyQueue({ liveWindowMs: processing.liveWindowMs });
  const readyChanged = new Wakeup();
  const context: RunContext = {
    ports,
    config,
    start: new WorkStart({ sureAfterMs: ports.shared?.leaseTtlMs ?? 0 }),
    known,
    formats,
    folderFormats: new FolderFormats(formats),
    found: isShared ? new ReadyQueue({ liveWindowMs: processing.liveWindowMs }) : ready,
    foundChanged: isShared ? new Wakeup() : readyChanged,
    ready,
    parked: new ParkedObjects({ bytesMax: PARKED_BYTES_MAX }),
    readyChanged,
    claims,
    listing: { failingSources: new Set(), refusingSources: new Set() },
    queue: { failingActions: new Set() },
    gates: config.s3.sources.map(() => new SourceGate(SOURCE_GATE)),
    readLimit: new AdaptiveLimit({ limitMax: processing.workers, windowMs: READ_LIMIT_WINDOW_MS }),
    budget: new ByteBudget(config.memoryLimitBytes),
    sendQueue: new SendQueue({
      bytesMax: http.bufferBytes,
      linesMax: http.bufferLines,
      batchBytesMax: http.batchBytesMax,
      batchLinesMax: http.batchLinesMax,
    }),
    progress: new ProgressWriter({
      state: ports.state,
      clock: ports.clock,
      random: ports.random,
      events: ports.events,
      saveIntervalMs: state.saveIntervalMs,
      retryMsMax: isShared ? SHARED_STATE_RETRY.delayMsMax : SAVE_RETRY_MS_MAX,
      onDurablyComplete: (object, claim) => {
        known.markDone(identityOf(object), ports.clock.now());
        if (claim !== undefined) claims?.drop(claim);
      },
      onCompletionRefused: (object, settled) => followRefused(context, object, settled),
    }),
  };
  return context;
}

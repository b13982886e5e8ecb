/**
 * What becomes of an object when its last batch has landed or its reading has failed: it is complete, parked, read again later, or set aside.
 * Invariant: it is called complete only when every byte of it is settled, and set aside only with a record.
 */
import { backoffMs } from './core/backoff.ts';
import { identityOf, knownOf, type ObjectTask } from './core/object-task.ts';
import type { Range } from './core/ranges.ts';
import { sourceOf } from './core/source-of.ts';
import type { Discovery } from './discovery.ts';
import type { StreamerError } from './errors.ts';
import type { FlightEnd, ObjectFlight } from './object-flight.ts';
import { openRefused } from './pass-through.ts';
import type { ObjectRef } from './ports.ts';
import { failedReading, type ReadingDecision } from './reading-failure.ts';
import type { RunContext } from './run-context.ts';
import { selectionOf } from './source-selection.ts';

/** The least wait of a parked object; with each further parking more is added by chance, up to a limit. */
const PARKING = { delayMsBase: 15_000, delayMsMax: 600_000 } as const;

/** Settle: the last batch of a reading has landed. */
export function settleObject(
  context: RunContext,
  discoveries: readonly Discovery[],
  flight: ObjectFlight,
  end: FlightEnd,
  signal: AbortSignal,
): void {
  const { task } = flight;
  const settledLines = task.settledLines + flight.settledLines;
  const rest = { ...task, settled: flight.settled, settledLines };
  if (end.kind === 'incomplete') {
    retryObject(context, discoveries, rest, end.error, signal);
    return;
  }
  if (end.kind === 'parked') {
    parkObject(context, rest, end.batches);
    return;
  }
  if (end.kind === 'refused') {
    openRefused(context, rest, end.refusal);
    return;
  }
  context.parked.leave(task.object);
  context.progress.complete(task.object, task.claim);
  if (task.wanted !== undefined) context.progress.fulfil(task.wanted, 'delivered');
  context.ports.events.emit({
    kind: 'object completed',
    object: task.object,
    completed: {
      rawBytes: flight.rawBytes,
      lines: flight.isUnopened ? null : flight.lines,
      batches: flight.batches,
      fileTimestampMs: task.fileTimestampMs,
      listedMs: task.listedMs,
      eligibleMs: task.eligibleMs,
      isWanted: task.wanted !== undefined,
      times: flight.times(),
    },
  });
}

/** It waits, without its content, until its batches may pass. State knows what of it is settled: a restart finds it again. */
function parkObject({ ports, parked, readyChanged }: RunContext, task: ObjectTask, batches: number): void {
  const parkings = task.parkings + 1;
  const delayMs = backoffMs(PARKING, parkings, ports.random.next(), PARKING.delayMsBase);
  parked.park({ ...task, parkings }, ports.clock.now(), delayMs);
  readyChanged.notify();
  ports.events.emit({ kind: 'batches parked', object: task.object, batches, parkings, delayMs });
}

/** A reading failed: what it settled stays settled; the rest is read again later, or quarantined where no repetition can mend it. */
export function retryObject(
  context: RunContext,
  discoveries: readonly Discovery[],
  task: ObjectTask,
  error: StreamerError,
  signal: AbortSignal,
): void {
  const { ports, known, ready, readyChanged, parked, progress, gates, readLimit } = context;
  const { object } = task;
  const nowMs = ports.clock.now();
  // Whatever it failed of: others have the object now.
  const isLost = task.claim?.isLost === true;
  const decision: ReadingDecision = isLost ? { kind: 'stopped' } : failedReading(task, error);
  if (error.code === 'S3_THROTTLED') readLimit.slowDown(nowMs);
  const gate = gates[task.source];
  if (error.code === 'S3_ACCESS_DENIED' && gate?.refuse(nowMs) === true) {
    ports.events.emit({
      kind: 'source paused',
      bucket: object.bucket,
      error: error.message,
      restMs: gate.restMs,
    });
  }
  switch (decision.kind) {
    case 'stopped':
      known.forget(identityOf(object));
      if (isLost) {
        parked.leave(object);
        // One that was asked for is told of by its request, as long as that stands.
        if (task.wanted === undefined) tellOfLost(context, task);
      }
      return;
    case 'overwritten':
      ports.events.emit({ kind: 'object changed', object });
      parked.leave(object);
      known.forget(identityOf(object));
      // The others would find it in the shared set for ever.
      if (task.claim !== undefined) progress.complete(object, task.claim);
      // The version that was asked for is gone for good.
      if (task.wanted !== undefined) progress.fulfil(task.wanted, 'gone');
      void discoveries[task.source]?.refresh(object, signal);
      return;
    case 'retry': {
      const delayMs = backoffMs(decision.backoff, task.failures + 1, ports.random.next(), null);
      ports.events.emit({ kind: 'object retried', object, code: error.code, error: error.message, delayMs });
      const failures = task.failures + 1;
      const damagedReadings = task.damagedReadings + (decision.isDamage ? 1 : 0);
      ready.push({ ...task, failures, damagedReadings, notBeforeMs: nowMs + delayMs }, nowMs);
      readyChanged.notify();
      return;
    }
    case 'quarantine': {
      const record = {
        object,
        range: null,
        firstLine: null,
        lineCount: null,
        reason: decision.reason,
        detail: `${decision.detail}; ${task.settledLines} lines of it were delivered`,
        atMs: nowMs,
        settled: task.settled,
      };
      ports.events.emit({ kind: 'quarantined', record });
      parked.leave(object);
      progress.quarantine(record);
      progress.complete(object, task.claim);
      if (task.wanted !== undefined) progress.fulfil(task.wanted, 'delivered');
      return;
    }
  }
}

/** Its completion came after its claim was lost, and did not count. A request for it is fulfilled all the same: what this reading settled is saved. */
export function followRefused(context: RunContext, object: ObjectRef, settled: readonly Range[]): void {
  const { config, formats, ports } = context;
  const source = sourceOf(config.s3.sources, object);
  const selected =
    source === null ? null : selectionOf(config, formats, source).selectByName(object, ports.clock.now());
  if (selected?.kind === 'task') tellOfLost(context, { ...selected.task, settled });
  // Of no source any more.
  else context.known.forget(identityOf(object));
}

/**
 * Whoever holds an object does not follow it when its turn comes to list. If the store has forgotten the claim, and the object with it, nobody else would
 * tell of it again: so it is followed from now on, like one that was found.
 */
function tellOfLost({ ports, known, found, foundChanged }: RunContext, { claim: _lost, ...task }: ObjectTask): void {
  known.add(identityOf(task.object), knownOf(task));
  const nowMs = ports.clock.now();
  found.push({ ...task, notBeforeMs: nowMs }, nowMs);
  foundChanged.notify();
}

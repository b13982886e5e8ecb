/**
 * The open, split and batch stages: reads one object and queues its lines in batches.
 * Two ways, chosen by size: an object whose content fits the budget is read and inflated whole into one buffer, and its batches are views of it;
 * a larger one (or one whose size is not what its trailer says) is streamed, with a fixed number of bytes under way.
 */
import { BatchCutter, type CutBatch } from './core/batch-cutter.ts';
import type { Reservation } from './core/byte-budget.ts';
import { isGzip, rawBytesFromTrailer } from './core/gzip-trailer.ts';
import type { ObjectTask } from './core/object-task.ts';
import type { Range } from './core/ranges.ts';
import type { ReadyTask } from './core/ready-queue.ts';
import type { QueuedBatch } from './core/send-queue.ts';
import { StreamerError } from './errors.ts';
import { refuseBomb } from './gzip-bomb.ts';
import { type GzipMembers, linesAround, readMembers } from './gzip-members.ts';
import { inflateStored } from './inflate-stored.ts';
import { type FlightEnd, ObjectFlight } from './object-flight.ts';
import { mayPassThrough, passThrough } from './pass-through.ts';
import type { ObjectBody } from './ports.ts';
import { failedReading } from './reading-failure.ts';
import type { RunContext } from './run-context.ts';
import { dropBatch, setMemberAside, settleBatch } from './settle.ts';

/** Stored bytes up to which an object is read whole. */
const WHOLE_STORED_BYTES_MAX = 16 * 1024 * 1024;
/** Pieces in which what is stored arrives. */
const CHUNK_BYTES = 256 * 1024;
/** Most content that the inflate gives out at once: of 4 KiB as stored. */
const INFLATED_BYTES_MAX = 4.25 * 1024 * 1024;
/** Most of the budget that is reserved for that: with a small `memory.limit` each stream would wait until it is alone. */
const INFLATED_BUDGET_SHARE = 1 / 16;
/** Share of the budget that one object may take when it is inflated whole. */
const WHOLE_BUDGET_SHARE = 0.25;
/** Most to ask for at the first and the second reading. Never all: a refused batch keeps its bytes until another passes, which nobody could read meanwhile. */
const ASKED_BUDGET_SHARE = 0.75;
const SECOND_BUDGET_SHARE = 0.5;
/** Raw bytes per stored byte, for the first reservation; afterwards the highest ratio seen lately. */
const RATIO_INITIAL = 18;
const RATIO_DECAY = 0.995;
/** With `http.on_full: drop`: reading is faster than any network, so a queue that is full for less than this says nothing. */
const FULL_PATIENCE_MS = 1_000;

/** The content is larger than what was reserved for it, and there is no more just now. */
const TOO_LARGE = 'too-large';
type TooLarge = typeof TOO_LARGE;

export class ObjectReader {
  readonly #context: RunContext;
  readonly #onEnd: (flight: ObjectFlight, end: FlightEnd) => void;
  #ratio = RATIO_INITIAL;

  constructor(context: RunContext, onEnd: (flight: ObjectFlight, end: FlightEnd) => void) {
    this.#context = context;
    this.#onEnd = onEnd;
  }

  /** Returns when the object's last batch is queued (not yet settled), or with an error before its GET answered. `stop`: stop reading. */
  async read(next: ReadyTask, stop: AbortSignal, isSecond = false): Promise<StreamerError | null> {
    const { budget, ports } = this.#context;
    const { task, lane } = next;
    const signal = task.claim === undefined ? stop : AbortSignal.any([stop, task.claim.lost]);
    const bytes = isSecond ? this.#secondBytes(task) : this.#estimateBytes(task);
    const reservation = await budget.reserve(bytes, lane, signal);
    if (reservation === null) return aborted();
    const getIssuedMs = ports.clock.now();
    let body: ObjectBody;
    try {
      ports.events.emit({ kind: 'object read', object: task.object });
      body = await ports.objects.get(task.object, signal);
      this.#context.gates[task.source]?.allow();
      this.#context.readLimit.succeed(ports.clock.now());
    } catch (error) {
      reservation.release();
      const refusal = asStreamerError(error);
      return refusal.code === 'S3_ACCESS_DENIED' ? this.#whyDenied(task, refusal, signal) : refusal;
    }
    const flight = new ObjectFlight({ task, lane, reservation, getIssuedMs, onEnd: this.#onEnd });
    const end = await this.#readBody(flight, body, isSecond, signal);
    if (end === TOO_LARGE) {
      // Whoever waits for memory holds none. Nothing of it is queued yet.
      reservation.release();
      return this.read(next, stop, true);
    }
    flight.finishReading(end);
    return null;
  }

  /**
   * S3 answers 403 for a missing object to those who may list only a prefix: what the LIST does not show is gone. Not asked while the source refuses
   * everything.
   */
  async #whyDenied(
    { object, source }: ObjectTask,
    refusal: StreamerError,
    signal: AbortSignal,
  ): Promise<StreamerError> {
    const { ports, gates } = this.#context;
    const { bucket, key } = object;
    if (gates[source]?.isRefusing === true) return refusal;
    try {
      const page = await ports.objects.list(
        { bucket, prefix: key, startAfter: null, continuationToken: null, delimiter: null, keysMax: 1 },
        signal,
      );
      ports.events.emit({ kind: 'listed', bucket, prefix: key, motion: 'reading', objects: page.objects.length });
      if (page.objects.some((listed) => listed.key === key)) return refusal;
      return new StreamerError('S3_NOT_FOUND', `s3://${bucket}/${key} is not listed any more`, { cause: refusal });
    } catch (error) {
      asStreamerError(error);
      return refusal;
    }
  }

  async #readBody(
    flight: ObjectFlight,
    body: ObjectBody,
    isSecond: boolean,
    signal: AbortSignal,
  ): Promise<StreamerError | TooLarge | null> {
    let end: TooLarge | null = null;
    try {
      if (flight.task.object.sizeBytes > this.#wholeStoredBytesMax()) {
        await this.#stream(flight, null, this.#context.ports.inflate.stream(body.stream(), signal), signal);
      } else {
        const stored = await body.readAll();
        const unopened = isSecond ? null : passThrough(this.#context, flight, stored);
        if (unopened === null) end = await this.#readWhole(flight, stored, isSecond, signal);
        else await this.#queue(flight, [unopened], signal);
      }
      return signal.aborted ? aborted() : end;
    } catch (error) {
      body.discard();
      return signal.aborted ? aborted() : asStreamerError(error);
    }
  }

  async #readWhole(
    flight: ObjectFlight,
    stored: Uint8Array,
    isSecond: boolean,
    signal: AbortSignal,
  ): Promise<TooLarge | null> {
    const { ports } = this.#context;
    const rawBytes = rawBytesFromTrailer(stored);
    const inflated = this.#fits(flight.reservation, stored.length, rawBytes)
      ? await ports.inflate.whole(stored, rawBytes)
      : null;
    if (inflated === null) return this.#readInParts(flight, stored, isSecond, signal);
    const { content } = inflated;
    flight.hold(inflated);
    flight.inflatedMs = ports.clock.now();
    flight.reservation.shrink(flight.reservation.bytes - content.length);
    this.#learnRatio(content.length / Math.max(1, flight.task.object.sizeBytes));
    flight.rawBytes = content.length;
    const cutter = this.#cutterFor(flight, content);
    await this.#queue(flight, cutter.push(content), signal);
    await this.#queue(flight, cutter.end(), signal, { isEnd: true });
    return null;
  }

  /** What is too large to be inflated whole, or no single sound member: what is to be streamed is reserved before anything of the object is queued. */
  async #readInParts(
    flight: ObjectFlight,
    stored: Uint8Array,
    isSecond: boolean,
    signal: AbortSignal,
  ): Promise<TooLarge | null> {
    const { inflate } = this.#context.ports;
    const { reservation, task } = flight;
    const streamBytes = this.#streamBytes();
    const freeBytes = reservation.bytes - stored.length;
    const membersBytesMax = isSecond ? Math.max(freeBytes - streamBytes, Math.floor(freeBytes / 2)) : freeBytes;
    const members = await readMembers(inflate, stored, membersBytesMax);
    const isStreamed = members === null || members.restAt !== null;
    const neededBytes = stored.length + (members?.content.length ?? 0) + (isStreamed ? streamBytes : 0);
    if (!this.#hold(reservation, neededBytes) && !isSecond) return TOO_LARGE;
    reservation.shrink(Math.max(0, reservation.bytes - neededBytes));
    if (members === null) await this.#stream(flight, null, inflateStored(inflate, stored, signal), signal);
    else await this.#queueMembers(flight, members, stored, signal);
    // So that those like it are reserved for at once.
    this.#learnRatio(flight.rawBytes / Math.max(1, task.object.sizeBytes));
    return null;
  }

  /** Several members, or damage in one: no line of a damaged one is delivered, and after the last reading each is set aside by itself. */
  async #queueMembers(
    flight: ObjectFlight,
    { content, damaged, restAt }: GzipMembers,
    stored: Uint8Array,
    signal: AbortSignal,
  ): Promise<void> {
    const { ports } = this.#context;
    const { task } = flight;
    const spoilt = linesAround(content, damaged);
    const cutter = this.#cutterFor(flight, content, spoilt);
    flight.inflatedMs = ports.clock.now();
    flight.rawBytes = content.length;
    await this.#queue(flight, cutter.push(content), signal);
    if (restAt !== null) {
      const rest = stored.subarray(restAt);
      if (!isGzip(rest)) {
        await this.#queue(flight, cutter.flush(), signal);
        throw new StreamerError('GZIP_CORRUPT', `${rest.length} bytes behind the last gzip member are no gzip`);
      }
      await this.#stream(flight, cutter, inflateStored(ports.inflate, rest, signal), signal);
    } else await this.#queue(flight, cutter.end(), signal, { isEnd: spoilt.length === 0 });
    if (spoilt.length === 0) return;
    const error = new StreamerError(
      'GZIP_CORRUPT',
      `the CRC or the length of ${damaged.length} gzip members is wrong: what they hold is not what was written`,
    );
    if (restAt !== null || failedReading(task, error).kind === 'retry') throw error;
    for (const range of spoilt) setMemberAside(this.#context, flight, range, error.message);
  }

  /** `begun`: the cutter that has the content before it; null at the object's beginning. */
  async #stream(
    flight: ObjectFlight,
    begun: BatchCutter | null,
    content: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const { ports, config } = this.#context;
    const windowBytes = this.#streamWindowBytes();
    const chunks = content[Symbol.asyncIterator]();
    let cutter = begun;
    let pending = chunks.next();
    // An early return or a throw below must not leave a rejection that nobody hears.
    pending.catch(() => undefined);
    try {
      for (;;) {
        const next: IteratorResult<Uint8Array> | null =
          cutter?.isOpen === true ? await this.#orFlush(pending, config.http.flushIntervalMs, signal) : await pending;
        if (signal.aborted) return;
        if (next === null) {
          await this.#queue(flight, cutter?.flush() ?? [], signal);
          continue;
        }
        if (next.done === true) break;
        flight.inflatedMs = ports.clock.now();
        flight.rawBytes += next.value.length;
        refuseBomb(flight);
        cutter ??= this.#cutterFor(flight, next.value);
        await this.#queue(flight, cutter.push(next.value), signal);
        await flight.waitForRoom(windowBytes, signal);
        if (signal.aborted) return;
        pending = chunks.next();
        pending.catch(() => undefined);
      }
      await this.#queue(flight, cutter?.end() ?? [], signal, { isEnd: true });
    } catch (error) {
      // What was cut before the damage is good: it is delivered, and the damage is what is reported.
      await this.#queue(flight, cutter?.flush() ?? [], signal);
      throw error;
    } finally {
      await chunks.return?.(undefined);
    }
  }

  /** The next chunk, or null when the open batch has waited for `flush_interval`. */
  async #orFlush<T>(pending: Promise<T>, flushIntervalMs: number, signal: AbortSignal): Promise<T | null> {
    const timer = new AbortController();
    const onAbort = (): void => timer.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([
        pending,
        this.#context.ports.clock.sleep(flushIntervalMs, timer.signal).then(() => null),
      ]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      timer.abort();
    }
  }

  async #queue(
    flight: ObjectFlight,
    cuts: readonly CutBatch[],
    signal: AbortSignal,
    { isEnd } = { isEnd: false },
  ): Promise<void> {
    const { clock } = this.#context.ports;
    const { contentType } = flight.format;
    for (const cut of cuts) {
      if (signal.aborted) return;
      const closedMs = clock.now();
      flight.launch(cut.bodyBytes);
      if (cut.lines === 0 && !flight.isUnopened) {
        // Blank lines, brackets and long lines only: settled as they are, nothing to send.
        const times = { closedMs, firstSentMs: closedMs, acknowledgedMs: closedMs };
        settleBatch(this.#context, flight, cut, { ...times, isBodyReleased: true });
        continue;
      }
      // What was parked once is sent alone: it must not spoil a body for others.
      const isWholeObject = isEnd && cut.range.start === 0 && flight.task.parkings === 0;
      const batch = { owner: flight, cut, lane: flight.lane, contentType, closedMs, isWholeObject, sentBefore: null };
      if (await this.#push(batch, signal)) {
        flight.lines += cut.lines;
        flight.batches += 1;
      } else if (signal.aborted) flight.abandon(cut.bodyBytes);
      else dropBatch(this.#context, flight, cut);
    }
  }

  /** Waits for room in the queue; false when the signal aborts first, or where what finds none for a while is to be dropped. */
  async #push(batch: QueuedBatch<ObjectFlight>, signal: AbortSignal): Promise<boolean> {
    const { sendQueue, config, ports } = this.#context;
    if (config.http.onFull === 'block') return sendQueue.push(batch, signal);
    const patience = new AbortController();
    const wait = new AbortController();
    void ports.clock.sleep(FULL_PATIENCE_MS, wait.signal).then(() => patience.abort());
    try {
      return await sendQueue.push(batch, AbortSignal.any([signal, patience.signal]));
    } finally {
      wait.abort();
    }
  }

  /** `content`: at least its beginning, for the format where that is open. `settled`: what is not to be delivered. */
  #cutterFor(flight: ObjectFlight, content: Uint8Array, spoilt: readonly Range[] = []): BatchCutter {
    const { config, folderFormats } = this.#context;
    const { http, processing } = config;
    const limits = {
      linesMax: http.batchLinesMax,
      bytesMax: http.batchBytesMax,
      lineBytesMax: processing.lineBytesMax,
      longLines: processing.onLongLine,
    };
    flight.format = folderFormats.of(flight.task, content);
    return new BatchCutter(flight.format.recordRule, limits, flight.task.settled, spoilt);
  }

  #wholeStoredBytesMax(): number {
    return Math.min(WHOLE_STORED_BYTES_MAX, this.#context.budget.bytesMax * WHOLE_BUDGET_SHARE);
  }

  #streamWindowBytes(): number {
    return this.#context.config.http.batchBytesMax * 4;
  }

  /** Under way, one batch being cut, a line that crosses chunks, and the chunks themselves. */
  #streamBytes(): number {
    const { config, budget } = this.#context;
    const { http, processing } = config;
    const inflatedBytes = Math.min(INFLATED_BYTES_MAX, Math.floor(budget.bytesMax * INFLATED_BUDGET_SHARE));
    return this.#streamWindowBytes() + http.batchBytesMax + processing.lineBytesMax + 4 * CHUNK_BYTES + inflatedBytes;
  }

  /** For the first reading: enough to stream a large object; for one that looks small enough, what it takes to hold it whole, as far as one can know. */
  #estimateBytes(task: ObjectTask): number {
    const { bytesMax } = this.#context.budget;
    const streamBytes = this.#streamBytes();
    const storedBytes = task.object.sizeBytes;
    if (storedBytes > this.#wholeStoredBytesMax()) return streamBytes;
    if (mayPassThrough(this.#context, task)) return storedBytes;
    const wholeBytes = storedBytes + Math.ceil(storedBytes * this.#ratio);
    if (wholeBytes <= bytesMax * WHOLE_BUDGET_SHARE) return wholeBytes;
    return Math.max(streamBytes, Math.min(storedBytes + streamBytes, bytesMax * ASKED_BUDGET_SHARE));
  }

  /** Room for members in memory, and for a stream of what is behind them. */
  #secondBytes({ object }: ObjectTask): number {
    const bytesMax = this.#context.budget.bytesMax * SECOND_BUDGET_SHARE;
    const streamBytes = this.#streamBytes();
    return Math.max(streamBytes, Math.min(object.sizeBytes + 2 * streamBytes, bytesMax));
  }

  #fits(reservation: Reservation, storedBytes: number, rawBytes: number): boolean {
    const neededBytes = storedBytes + rawBytes;
    if (neededBytes > this.#context.budget.bytesMax * WHOLE_BUDGET_SHARE) return false;
    return this.#hold(reservation, neededBytes);
  }

  /** Tells whether so much is reserved now; the whole budget is enough for anything. */
  #hold(reservation: Reservation, bytes: number): boolean {
    const missingBytes = Math.min(bytes, this.#context.budget.bytesMax) - reservation.bytes;
    return missingBytes <= 0 || reservation.tryGrow(missingBytes);
  }

  /** The highest ratio seen lately, with a margin; it sinks slowly, so that one odd object does not shape every reservation for ever. */
  #learnRatio(ratio: number): void {
    this.#ratio = Math.max(ratio * 1.1, this.#ratio * RATIO_DECAY);
  }
}

function aborted(): StreamerError {
  return new StreamerError('ABORTED', 'reading was stopped');
}

function asStreamerError(error: unknown): StreamerError {
  if (error instanceof StreamerError) return error;
  // Anything else is a fault of ours: it must be seen, not retried in silence.
  throw error;
}

/**
 * The send stage: `http.workers` of these loops take batches from the queue and POST each until it is settled.
 * Nothing gives a batch up: a failed attempt waits (back-off, `Retry-After`) and goes to another endpoint. A body that is refused is taken apart, and a
 * line that is refused alone is quarantined with the answer's text: where its neighbours, refused with it, were accepted without it, or where it is
 * refused once more by an endpoint that accepted something in between. An endpoint that
 * refuses everything condemns nothing: that is an outage. All this is done aside, while the worker goes on: if refused batches could hold all workers,
 * nothing would be sent that shows that the endpoints are well.
 */
import { backoffMs } from './core/backoff.ts';
import { type BodyPart, halve } from './core/bisect.ts';
import { idempotencyKey, objectIdOf } from './core/idempotency-key.ts';
import type { QueuedBatch } from './core/send-queue.ts';
import type { Delivery, DeliveryBody, DeliveryResult, Refusal } from './delivery.ts';
import type { ObjectFlight } from './object-flight.ts';
import type { RunContext } from './run-context.ts';
import { settleBatch } from './settle.ts';

type Batch = QueuedBatch<ObjectFlight>;

/** So many refusals in a row are usual while a few bad lines are looked for; more look like an outage, which must not be hammered. */
const UNPACED_REFUSALS_MAX = 12;
const PACE = { delayMsBase: 100, delayMsMax: 10_000 } as const;

/** Sends until the queue is closed and empty, or `signal` aborts (then what is under way stays unsettled). */
export async function sendBatches(context: RunContext, delivery: Delivery, stop: AbortSignal): Promise<void> {
  // A fault of ours aside ends the worker, whatever it waits for at that moment.
  const faults: unknown[] = [];
  const fault = new AbortController();
  const signal = AbortSignal.any([stop, fault.signal]);
  // One refused batch after the other: in an outage they must not all knock at the endpoints. What waits here is bounded by `memory.limit`.
  let aside = Promise.resolve();
  const onRefused = (batch: Batch, refusal: Refusal): void => {
    aside = aside
      .then(async () => sendPieces(context, delivery, batch, refusal, signal))
      .catch((error: unknown) => {
        faults.push(error);
        fault.abort();
      });
  };
  for (let group = await context.sendQueue.take(signal); group !== null; group = await context.sendQueue.take(signal))
    await sendGroup(context, delivery, group, onRefused, signal);
  await aside;
  for (const error of faults) throw error;
}

async function sendGroup(
  context: RunContext,
  delivery: Delivery,
  group: readonly Batch[],
  onRefused: (batch: Batch, refusal: Refusal) => void,
  signal: AbortSignal,
  { isResent } = { isResent: false },
): Promise<void> {
  const members = group.map(({ owner, cut }) => ({ object: owner.task.object, range: cut.range }));
  const result = await delivery.deliver(
    {
      parts: group.flatMap(({ cut }) => cut.parts),
      bodyBytes: group.reduce((bytes, { cut }) => bytes + cut.bodyBytes, 0),
      lines: group.reduce((lines, { cut }) => lines + cut.lines, 0),
      contentType: group[0]?.contentType ?? '',
      idempotencyKey: idempotencyKey(members),
      objectIds: members.map(({ object }) => objectIdOf(object)),
      suspectSince: null,
    },
    signal,
  );
  switch (result.kind) {
    case 'acknowledged':
      for (const { owner, cut, closedMs } of group) {
        // Of what was sent before in a refused body, an attempt that got no answer may still be on its way.
        const isBodyReleased = result.isBodyReleased && !isResent;
        settleBatch(context, owner, cut, { closedMs, ...result, isBodyReleased });
      }
      return;
    case 'aborted':
      for (const batch of group) batch.owner.abandon(batch.cut.bodyBytes);
      return;
    case 'refused':
      if (group.length > 1)
        for (const batch of group) await sendGroup(context, delivery, [batch], onRefused, signal, { isResent: true });
      else for (const batch of group) onRefused(batch, result.refusal);
      return;
  }
}

/** A body that was refused. */
interface RefusedPart {
  readonly part: BodyPart;
  readonly refusal: Refusal;
  /** An endpoint refused it with its other half, then the other half not, and then it again: what is wrong is in this one. */
  readonly isProven: boolean;
}

interface Suspects {
  /** Single records. */
  readonly refused: readonly RefusedPart[];
  readonly firstSentMs: number;
}

/** Takes a refused batch apart, down to the lines that are refused alone. The batch is settled once all its pieces are. */
async function sendPieces(
  context: RunContext,
  delivery: Delivery,
  batch: Batch,
  refusal: Refusal,
  signal: AbortSignal,
): Promise<void> {
  const { owner, cut } = batch;
  const post = async (part: BodyPart, suspectSince: number | null): Promise<DeliveryResult> =>
    delivery.deliver(pieceOf(batch, part, suspectSince), signal);
  const suspects = await findSuspects(context, delivery, batch, refusal, post, signal);
  if (suspects === null) {
    owner.abandon(cut.bodyBytes);
    return;
  }
  let { firstSentMs } = suspects;
  for (const { part, refusal: firstRefusal, isProven } of suspects.refused) {
    if (isProven) {
      quarantineRecord(context, batch, part, firstRefusal);
      continue;
    }
    const result = await post(part, firstRefusal.sends);
    if (result.kind === 'aborted') {
      owner.abandon(cut.bodyBytes);
      return;
    }
    if (result.kind === 'refused') quarantineRecord(context, batch, part, result.refusal);
    else firstSentMs = Math.min(firstSentMs, result.firstSentMs);
  }
  const nowMs = context.ports.clock.now();
  const times = { closedMs: batch.closedMs, firstSentMs: Math.min(firstSentMs, nowMs), acknowledgedMs: nowMs };
  // The pieces were sent one by one, and refused ones too: leave their memory alone.
  settleBatch(context, owner, cut, { ...times, isBodyReleased: false });
}

/** Halves and posts until every record is acknowledged or was refused alone; null when aborted. */
async function findSuspects(
  context: RunContext,
  delivery: Delivery,
  { cut }: Batch,
  refusal: Refusal,
  post: (part: BodyPart, suspectSince: null) => Promise<DeliveryResult>,
  signal: AbortSignal,
): Promise<Suspects | null> {
  const whole = { body: joinParts(cut.parts, cut.bodyBytes), firstRecord: 0, records: cut.lines };
  const stack: RefusedPart[] = [{ part: whole, refusal, isProven: false }];
  const singles: RefusedPart[] = [];
  const pace = new RefusalPace(context, delivery);
  let firstSentMs = Infinity;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const halves = halve(next.part);
    if (halves === null) {
      singles.push(next);
      continue;
    }
    let acceptedBy: number | null = null;
    for (const part of halves) {
      const result = await post(part, null);
      if (result.kind === 'aborted') return null;
      if (result.kind === 'acknowledged') {
        acceptedBy = result.endpoint;
        firstSentMs = Math.min(firstSentMs, result.firstSentMs);
      } else {
        const { endpoint } = result.refusal;
        const isProven = endpoint === next.refusal.endpoint && endpoint === acceptedBy;
        stack.push({ part, refusal: result.refusal, isProven });
      }
      await pace.wait(signal);
    }
  }
  return { refused: singles, firstSentMs };
}

/** Slows down what looks like an outage. */
class RefusalPace {
  readonly #context: RunContext;
  readonly #delivery: Delivery;
  #refusalsInRow = 0;
  #rowSends: number;

  constructor(context: RunContext, delivery: Delivery) {
    this.#context = context;
    this.#delivery = delivery;
    this.#rowSends = delivery.sends;
  }

  /** To be called after each body. A body that was accepted meanwhile, ours or another's, shows that the endpoints are well. */
  async wait(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#context.ports;
    if (this.#delivery.hasAcceptedSince(this.#rowSends)) {
      this.#refusalsInRow = 0;
      this.#rowSends = this.#delivery.sends;
      return;
    }
    this.#refusalsInRow += 1;
    const pacedRefusals = this.#refusalsInRow - UNPACED_REFUSALS_MAX;
    if (pacedRefusals > 0) await clock.sleep(backoffMs(PACE, pacedRefusals, random.next(), null), signal);
  }
}

function pieceOf({ owner, cut, contentType }: Batch, part: BodyPart, suspectSince: number | null): DeliveryBody {
  const wholeKey = idempotencyKey([{ object: owner.task.object, range: cut.range }]);
  return {
    parts: [part.body],
    bodyBytes: part.body.length,
    lines: part.records,
    contentType,
    idempotencyKey: `${wholeKey}-${part.firstRecord}-${part.records}`,
    objectIds: [objectIdOf(owner.task.object)],
    suspectSince,
  };
}

function quarantineRecord(context: RunContext, batch: Batch, part: BodyPart, refusal: Refusal): void {
  const { owner, cut } = batch;
  // Where nothing was changed in the range, the record's place in the body is its place in the object.
  const { isVerbatim } = cut;
  const start = isVerbatim
    ? cut.range.start + offsetOfRecord(cut.parts, cut.bodyBytes, part.firstRecord)
    : cut.range.start;
  const record = {
    object: owner.task.object,
    range: isVerbatim ? { start, end: start + part.body.length } : cut.range,
    firstLine: isVerbatim ? cut.firstLine + part.firstRecord : cut.firstLine,
    lineCount: 1,
    reason: 'refused',
    detail: `answered ${refusal.status}: ${refusal.text}${isVerbatim ? '' : ` (record ${part.firstRecord} of the range)`}`,
    atMs: context.ports.clock.now(),
  };
  context.progress.quarantine(record);
  context.ports.events.emit({ kind: 'quarantined', record });
}

function joinParts(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function offsetOfRecord(parts: readonly Uint8Array[], bytes: number, record: number): number {
  const body = joinParts(parts, bytes);
  let at = 0;
  for (let index = 0; index < record; index += 1) at = body.indexOf(10, at) + 1;
  return at;
}

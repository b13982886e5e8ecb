/**
 * The send stage: `http.workers` of these loops take batches from the queue and POST each until it is settled.
 * Nothing gives a batch up: a failed attempt waits (back-off, `Retry-After`) and goes to another endpoint. A batch that only gets server errors goes back
 * into the queue, so that others can show whether it is an outage; where they pass, it is parked: its object is read again later. A body that is refused is taken apart, and a
 * line that is refused alone is quarantined with the answer's text: where its neighbours, refused with it, were accepted without it, or where it is refused once
 * more by an endpoint that accepted something in between. An endpoint that refuses everything condemns nothing: that is an outage. All this is done aside, while
 * the worker goes on: if refused batches could hold all workers, nothing would be sent that shows that the endpoints are well. Nor does a line that waits for
 * proof keep the next refused batch from being taken apart: where all memory is held by refused batches, only their own good lines can bring it.
 */
import { backoffMs } from './core/backoff.ts';
import { type BodyPart, halve } from './core/bisect.ts';
import { idempotencyKey, objectIdOf } from './core/idempotency-key.ts';
import type { Range } from './core/ranges.ts';
import type { QueuedBatch, SentBefore } from './core/send-queue.ts';
import type { Delivery, DeliveryBody, DeliveryResult, Refusal } from './delivery.ts';
import type { ObjectFlight } from './object-flight.ts';
import { bodyUnopened } from './pass-through.ts';
import type { RunContext } from './run-context.ts';
import { settleBatch } from './settle.ts';

type Batch = QueuedBatch<ObjectFlight>;

/** So many refusals in a row are usual while a few bad lines are looked for; more look like an outage, which must not be hammered. */
const UNPACED_REFUSALS_MAX = 12;
const PACE = { delayMsBase: 100, delayMsMax: 10_000 } as const;

/** What a worker does not wait for. */
interface Aside {
  /** To be taken apart. */
  refused(batch: Batch, refusal: Refusal): void;
  /** To be queued again, after a while. */
  failing(batch: Batch, delayMs: number): void;
}

/** Sends until the queue is closed and empty, or `signal` aborts (then what is under way stays unsettled). */
export async function sendBatches(context: RunContext, delivery: Delivery, stop: AbortSignal): Promise<void> {
  const { sendQueue, ports } = context;
  // A fault of ours aside ends the worker, whatever it waits for at that moment.
  const faults: unknown[] = [];
  const fault = new AbortController();
  const signal = AbortSignal.any([stop, fault.signal]);
  const onFault = (error: unknown): void => {
    faults.push(error);
    fault.abort();
  };
  // One refused batch after the other, and one suspect line: in an outage they must not all knock at the endpoints. What waits aside is bounded by `memory.limit`.
  let piecewise = Promise.resolve();
  let proving = Promise.resolve();
  const pace = new RefusalPace(context, delivery);
  const waiting = new Set<Promise<void>>();
  const aside: Aside = {
    refused(batch, refusal) {
      const apart = piecewise.then(async () => takeApart(context, delivery, batch, refusal, pace, signal));
      piecewise = apart.then(() => undefined).catch(onFault);
      proving = Promise.all([apart, proving])
        .then(async ([pieces]) => (pieces === null ? undefined : judge(context, delivery, batch, pieces, signal)))
        .catch(onFault);
    },
    failing(batch, delayMs) {
      const wait = ports.clock.sleep(delayMs, signal).then(() => {
        waiting.delete(wait);
        sendQueue.putBack(batch);
      });
      waiting.add(wait);
    },
  };
  for (;;) {
    // With shared state progress is durable in the journal first.
    if (context.claims === null) await context.progress.waitForRoom(signal);
    const group = await sendQueue.take(signal);
    if (group !== null) await sendGroup(context, delivery, group, aside, signal);
    else if (waiting.size > 0) await Promise.race(waiting);
    else break;
  }
  await piecewise;
  await proving;
  for (const error of faults) throw error;
}

async function sendGroup(
  context: RunContext,
  delivery: Delivery,
  batches: readonly Batch[],
  aside: Aside,
  signal: AbortSignal,
): Promise<void> {
  const group = stillOurs(context, batches);
  if (group.length === 0) return;
  const members = group.map(({ owner, cut }) => ({ object: owner.task.object, range: cut.range }));
  const result = await delivery.deliver(
    {
      parts: group.flatMap(({ cut }) => cut.parts),
      bodyBytes: group.reduce((bytes, { cut }) => bytes + cut.bodyBytes, 0),
      lines: group.reduce((lines, { cut }) => lines + cut.lines, 0),
      ...bodyUnopened(group),
      contentType: group[0]?.contentType ?? '',
      idempotencyKey: idempotencyKey(members),
      objectIds: members.map(({ object }) => objectIdOf(object)),
      suspectSince: null,
      sentBefore: worst(group),
      wasParked: group.some(({ owner }) => owner.task.parkings > 0),
      isGivenUp: () => isGivenUp(context, group),
    },
    signal,
  );
  switch (result.kind) {
    case 'acknowledged':
      for (const { owner, cut, closedMs, sentBefore } of group) {
        // Of what was sent before, an attempt that got no answer may still be on its way.
        const isBodyReleased = result.isBodyReleased && sentBefore === null;
        const firstSentMs = sentBefore?.firstSentMs ?? result.firstSentMs;
        settleBatch(context, owner, cut, { closedMs, ...result, firstSentMs, isBodyReleased });
      }
      return;
    case 'aborted':
      if (signal.aborted) for (const { owner, cut } of group) owner.abandon(cut.bodyBytes);
      // One of them is not ours any more: the others go without it.
      else await sendGroup(context, delivery, group, aside, signal);
      return;
    case 'refused':
      if (group.length > 1) await sendSingly(context, delivery, group, result, aside, signal);
      else if (group[0]?.owner.isUnopened === true) group[0].owner.refuse(group[0].cut.bodyBytes, result.refusal);
      else for (const batch of group) aside.refused(batch, result.refusal);
      return;
    case 'failing':
      if (result.isAtFault && group.length > 1) await sendSingly(context, delivery, group, result, aside, signal);
      else if (result.isAtFault && context.parked.hasRoom)
        for (const { owner, cut } of group) owner.park(cut.bodyBytes);
      else for (const batch of group) aside.failing(sentOnce(batch, result), result.delayMs);
      return;
  }
}

/** Without those that others may have by now: they stay unsettled. */
function stillOurs({ claims }: RunContext, batches: readonly Batch[]): readonly Batch[] {
  claims?.endIfOver();
  for (const { owner, cut } of batches) if (owner.isLost) owner.abandon(cut.bodyBytes);
  return batches.filter(({ owner }) => !owner.isLost);
}

function isGivenUp({ claims }: RunContext, group: readonly Batch[]): boolean {
  claims?.endIfOver();
  return group.some(({ owner }) => owner.isLost);
}

/** One of several tiny objects spoils the body for the others. */
async function sendSingly(
  context: RunContext,
  delivery: Delivery,
  group: readonly Batch[],
  result: SentBefore,
  aside: Aside,
  signal: AbortSignal,
): Promise<void> {
  for (const batch of group) await sendGroup(context, delivery, [sentOnce(batch, result)], aside, signal);
}

function sentOnce(batch: Batch, { firstSentMs, sends, failures, failedAt }: SentBefore): Batch {
  return { ...batch, sentBefore: { firstSentMs, sends, failures, failedAt } };
}

/** What spoiled a body before may be any of its batches. */
function worst(group: readonly Batch[]): SentBefore | null {
  const sent = group.flatMap(({ sentBefore }) => (sentBefore === null ? [] : [sentBefore]));
  return sent.toSorted((left, right) => right.failedAt.length - left.failedAt.length)[0] ?? null;
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

interface TakenApart extends Suspects {
  /** Acknowledged, or set aside. */
  readonly settled: BodyPart[];
}

/** Takes a refused batch apart, down to the lines that are refused alone. Null when it is over with it: the batch is settled, or given up. */
async function takeApart(
  context: RunContext,
  delivery: Delivery,
  batch: Batch,
  refusal: Refusal,
  pace: RefusalPace,
  signal: AbortSignal,
): Promise<TakenApart | null> {
  const settled: BodyPart[] = [];
  const suspects = await findSuspects(batch, refusal, pace, signal, async (part) => {
    const result = await postPiece(context, delivery, pieceOf(context, batch, part, null), signal);
    if (result.kind === 'acknowledged') settled.push(part);
    return result;
  });
  if (suspects === 'aborted' || suspects === 'failing') {
    giveUp(context, batch, settled, suspects);
    return null;
  }
  const pieces = { ...suspects, settled };
  if (suspects.refused.some(({ isProven }) => !isProven)) return pieces;
  await judge(context, delivery, batch, pieces, signal);
  return null;
}

/** What was refused alone is sent again until it passes, or proof has come that it is at fault. Then the batch is settled. */
async function judge(
  context: RunContext,
  delivery: Delivery,
  batch: Batch,
  { settled, refused, ...suspects }: TakenApart,
  signal: AbortSignal,
): Promise<void> {
  const { owner, cut } = batch;
  // A record is saved with what settles its line, and not before: the next line may wait through an outage.
  const setAside: (() => void)[] = [];
  const condemn = (part: BodyPart, why: Refusal): void => {
    setAside.push(() => quarantineRecord(context, batch, part, why));
    settled.push(part);
  };
  let { firstSentMs } = suspects;
  for (const { part, refusal, isProven } of refused) {
    if (isProven) {
      condemn(part, refusal);
      continue;
    }
    const result = await postPiece(context, delivery, pieceOf(context, batch, part, refusal.sends), signal);
    if (result.kind === 'aborted' || result.kind === 'failing') {
      if (cut.isVerbatim) for (const record of setAside) record();
      giveUp(context, batch, settled, result.kind);
      return;
    }
    if (result.kind === 'refused') condemn(part, result.refusal);
    else {
      settled.push(part);
      firstSentMs = Math.min(firstSentMs, result.firstSentMs);
    }
  }
  for (const record of setAside) record();
  const nowMs = context.ports.clock.now();
  const times = { closedMs: batch.closedMs, firstSentMs: Math.min(firstSentMs, nowMs), acknowledgedMs: nowMs };
  // The pieces were sent one by one, and refused ones too: leave their memory alone.
  settleBatch(context, owner, cut, { ...times, isBodyReleased: false });
}

/** A piece waits here through an outage: it holds no worker. */
async function postPiece(
  context: RunContext,
  delivery: Delivery,
  piece: DeliveryBody,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  let sentBefore: SentBefore | null = null;
  for (;;) {
    const result = await delivery.deliver({ ...piece, sentBefore }, signal);
    if (result.kind !== 'failing' || (result.isAtFault && context.parked.hasRoom)) return result;
    sentBefore = result;
    await context.ports.clock.sleep(result.delayMs, signal);
  }
}

/** The rest of a batch whose pieces are settled in part: what is known by its range is not sent again. */
function giveUp(context: RunContext, batch: Batch, settled: readonly BodyPart[], why: 'aborted' | 'failing'): void {
  const { owner, cut } = batch;
  for (const part of cut.isVerbatim ? settled : []) {
    const range = rangeOf(batch, part);
    context.progress.settle(owner.task.object, range, owner.task.claim);
    owner.settlePart(range, part.records);
  }
  if (why === 'failing') owner.park(cut.bodyBytes);
  else owner.abandon(cut.bodyBytes);
}

/** Halves and posts until every record is acknowledged or was refused alone. */
async function findSuspects(
  { cut }: Batch,
  refusal: Refusal,
  pace: RefusalPace,
  signal: AbortSignal,
  post: (part: BodyPart) => Promise<DeliveryResult>,
): Promise<Suspects | 'aborted' | 'failing'> {
  const whole = { body: joinParts(cut.parts, cut.bodyBytes), firstRecord: 0, records: cut.lines };
  const stack: RefusedPart[] = [{ part: whole, refusal, isProven: false }];
  const singles: RefusedPart[] = [];
  let firstSentMs = Infinity;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const halves = halve(next.part);
    if (halves === null) {
      singles.push(next);
      continue;
    }
    let acceptedBy: number | null = null;
    for (const part of halves) {
      const result = await post(part);
      if (result.kind === 'aborted' || result.kind === 'failing') return result.kind;
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

function pieceOf(context: RunContext, batch: Batch, part: BodyPart, suspectSince: number | null): DeliveryBody {
  const { owner, cut, contentType } = batch;
  const wholeKey = idempotencyKey([{ object: owner.task.object, range: cut.range }]);
  return {
    parts: [part.body],
    bodyBytes: part.body.length,
    lines: part.records,
    contentType,
    idempotencyKey: `${wholeKey}-${part.firstRecord}-${part.records}`,
    objectIds: [objectIdOf(owner.task.object)],
    suspectSince,
    sentBefore: null,
    wasParked: owner.task.parkings > 0,
    isGivenUp: () => isGivenUp(context, [batch]),
  };
}

/** Where nothing was changed in the batch's range, a part's place in the body is its place in the object. */
function rangeOf({ cut }: Batch, part: BodyPart): Range {
  if (!cut.isVerbatim) return cut.range;
  const start = cut.range.start + offsetOfRecord(cut.parts, cut.bodyBytes, part.firstRecord);
  return { start, end: start + part.body.length };
}

function quarantineRecord(context: RunContext, batch: Batch, part: BodyPart, refusal: Refusal): void {
  const { owner, cut } = batch;
  const { isVerbatim } = cut;
  const record = {
    object: owner.task.object,
    range: rangeOf(batch, part),
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

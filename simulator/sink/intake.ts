/**
 * What an agent does with one request: admit, receive, store, answer, and whatever the faults make of it.
 * Invariant: a batch is stored only when its whole body came, and acknowledged only when a 2xx to it was handed to the system.
 */
import type { BodyReader, BodyVerdict } from '../ledger/verdict.ts';
import type { Receipt } from '../ledger/ledger.ts';
import { admit, type AdmissionRules } from './admission.ts';
import type { Books } from './books.ts';
import { epochMs } from './epoch.ts';
import { ByteFinder } from './byte-finder.ts';
import type { Ending, FaultDeck, Poison } from './fault-deck.ts';
import type { Exchange } from './http/exchange.ts';
import type { ReadGate } from './read-gate.ts';
import { receiveBody, type Reception } from './receive-body.ts';
import { sleep } from './sleep.ts';
import type { WorkQueue } from './work-queue.ts';

export interface IntakeOptions extends AdmissionRules {
  readonly bodyBytesMax: number;
  /** False for an agent older than 2.11, which takes a body for one record. */
  readonly splitsLines: boolean;
}

/** Where one request finds itself. */
export interface Intake {
  readonly agent: number;
  readonly options: IntakeOptions;
  readonly deck: FaultDeck;
  readonly books: Books;
  readonly queue: WorkQueue;
  readonly gate: ReadGate;
  readonly closing: AbortSignal;
}

interface StoredBatch {
  readonly verdict: BodyVerdict;
  readonly receipt: Receipt;
}

export async function serveRequest(intake: Intake, exchange: Exchange): Promise<void> {
  const { books, agent, options } = intake;
  const counters = books.agentCounters(agent);
  books.receive(agent, batchOf(exchange), epochMs());
  const { delayMs, ending } = intake.deck.treat(agent);
  const admission = admit(exchange.head, options);
  const reader = books.openBody(options.splitsLines);
  const isGzip = admission.kind === 'admitted' && admission.isGzip;
  const finders = intake.deck.poisons(agent).map((poison) => ({ poison, finder: new ByteFinder(poison.fault.text) }));
  const reception = await receive(intake, exchange, isGzip, ending, (chunk) => {
    reader.push(chunk);
    for (const { finder } of finders) finder.push(chunk);
  });
  if (ending.kind === 'reset' && ending.when === 'mid-body') {
    // Still there when there was no body to cut.
    if (!exchange.isGone) cutConnection(intake, exchange);
    return;
  }
  if (reception === 'aborted') {
    counters.aborted += 1;
    return;
  }
  counters.posts += 1;
  counters.lastPostMs = epochMs();
  if (admission.kind === 'refused') counters.notAdmitted += 1;
  if (isGzip) counters.gzipPosts += 1;
  if (admission.kind === 'refused') answer(intake, exchange, admission.status, admission.headers);
  else if (reception === 'too-large') answer(intake, exchange, 413);
  else if (reception === 'not-gzip') answer(intake, exchange, 400);
  else if (isPoisoned(intake, exchange, finders)) return;
  else if (await passesDelay(intake, exchange, delayMs)) await takeBatch(intake, exchange, reader, ending);
}

async function receive(
  intake: Intake,
  exchange: Exchange,
  isGzip: boolean,
  ending: Ending,
  onChunk: (chunk: Buffer) => void,
): Promise<Reception> {
  const { books, agent, options, deck } = intake;
  const counters = books.agentCounters(agent);
  let cutsBody = ending.kind === 'reset' && ending.when === 'mid-body';
  return receiveBody(exchange, intake.gate, {
    isGzip,
    bodyBytesMax: options.bodyBytesMax,
    bytesPerS: () => deck.find('slow-read', agent)?.bytesPerS ?? null,
    onWireBytes: (bytes) => {
      counters.wireBytes += bytes;
      if (cutsBody) cutConnection(intake, exchange);
      cutsBody = false;
    },
    onChunk,
  });
}

/** Whether the body holds what an active poison looks for; it is then answered. */
function isPoisoned(
  intake: Intake,
  exchange: Exchange,
  finders: readonly { readonly poison: Poison; readonly finder: ByteFinder }[],
): boolean {
  const found = finders.find(({ finder }) => finder.isFound)?.poison;
  if (found === undefined) return false;
  found.strike();
  answer(intake, exchange, found.fault.status, {}, found.fault.answer);
  return true;
}

/** False when the sender hung up meanwhile. */
async function passesDelay(intake: Intake, exchange: Exchange, delayMs: number): Promise<boolean> {
  if (delayMs === 0) return true;
  await sleep(delayMs, intake.closing);
  if (!exchange.isGone) return true;
  intake.books.agentCounters(intake.agent).aborted += 1;
  return false;
}

async function takeBatch(intake: Intake, exchange: Exchange, reader: BodyReader, ending: Ending): Promise<void> {
  const counters = intake.books.agentCounters(intake.agent);
  if (ending.kind === 'status') {
    answer(intake, exchange, ending.status, askToWait(intake, exchange, ending.retryAfterS));
    return;
  }
  if (ending.kind === 'hang' && !ending.isStored) {
    counters.hangs += 1;
    return;
  }
  if (ending.kind === 'reset' && ending.when === 'before-store') {
    cutConnection(intake, exchange);
    return;
  }
  const verdict = reader.finish();
  const capacity = intake.deck.find('capacity', intake.agent);
  const processedMs = capacity === null ? 0 : intake.queue.offer(verdict.bytes, capacity, epochMs());
  if (capacity !== null && processedMs === null) {
    answer(intake, exchange, capacity.status, askToWait(intake, exchange, capacity.retryAfterS));
    return;
  }
  const batch = { verdict, receipt: intake.books.store(intake.agent, verdict, epochMs()) };
  if (capacity?.answers === 'when-processed') await sleep(Math.max(0, (processedMs ?? 0) - epochMs()), intake.closing);
  await finish(intake, exchange, batch, ending);
}

/** What follows when the batch is stored. */
async function finish(intake: Intake, exchange: Exchange, batch: StoredBatch, ending: Ending): Promise<void> {
  const { books, agent } = intake;
  switch (ending.kind) {
    case 'answer-late':
      await sleep(ending.afterMs, intake.closing);
      acknowledge(intake, exchange, batch);
      break;
    case 'error-after-store':
      books.leaveUnacknowledged(agent, batch.verdict);
      answer(intake, exchange, ending.status);
      break;
    case 'reset':
      books.leaveUnacknowledged(agent, batch.verdict);
      cutConnection(intake, exchange);
      break;
    case 'hang':
      books.leaveUnacknowledged(agent, batch.verdict);
      books.agentCounters(agent).hangs += 1;
      break;
    case 'usual':
    case 'status':
      acknowledge(intake, exchange, batch);
      break;
  }
}

function acknowledge(intake: Intake, exchange: Exchange, { verdict, receipt }: StoredBatch): void {
  const { books, agent } = intake;
  if (!answer(intake, exchange, 200)) {
    books.leaveUnacknowledged(agent, verdict);
    return;
  }
  books.acknowledge(receipt, epochMs());
  exchange.whenAnswerLost(() => books.leaveUnacknowledged(agent, verdict));
}

/** False when there is nobody left to be answered. */
function answer(
  intake: Intake,
  exchange: Exchange,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  text = '',
): boolean {
  if (!exchange.answer(status, headers, text)) return false;
  const { answers } = intake.books.agentCounters(intake.agent);
  answers[status] = (answers[status] ?? 0) + 1;
  return true;
}

/** A TCP reset, not an orderly end: the sender sees ECONNRESET. */
function cutConnection(intake: Intake, exchange: Exchange): void {
  intake.books.agentCounters(intake.agent).resets += 1;
  exchange.reset();
}

function askToWait(
  { books, agent }: Intake,
  exchange: Exchange,
  seconds: number | undefined,
): Readonly<Record<string, string>> {
  if (seconds === undefined) return {};
  books.askToWait(agent, batchOf(exchange), epochMs() + seconds * 1000);
  return { 'retry-after': String(seconds) };
}

/** What the sender calls it; null for one that gives its batches no names. */
function batchOf({ head }: Exchange): string | null {
  return head.headers['idempotency-key'] ?? null;
}

/**
 * The third motion of discovery: objects that an operator asked for by name (`audit --requeue`, `replay`, `quarantine retry`). The requests
 * stand in the state, where another process may add some while this one runs.
 * Invariant: a request is taken out of the state only in the commit that makes its delivery durable, or when it has become pointless.
 */
import { backoffMs } from './core/backoff.ts';
import { asIfListedAt, identityOf } from './core/object-task.ts';
import { sourceOf } from './core/source-of.ts';
import type { Selection } from './core/selection.ts';
import { StreamerError } from './errors.ts';
import type { ObjectRecord, ObjectRef, WantedObject } from './ports.ts';
import type { RunContext } from './run-context.ts';
import { selectionOf } from './source-selection.ts';

const POLL_MS = 5_000;
const REQUESTS_PER_READ = 500;
/** A state that comes back from a copy has forgotten that a request was fulfilled: all that stand there are looked at anew now and then. */
const LOOK_AGAIN_MS = 60_000;
/** While the ready queue is full: requests wait behind everything else. */
const ROOM_POLL_MS = 200;
const READ_RETRY = { delayMsBase: 200, delayMsMax: 30_000 } as const;

export async function offerWanted(context: RunContext, signal: AbortSignal): Promise<void> {
  const { ports, config, formats, known } = context;
  const selections = config.s3.sources.map((_, index) => selectionOf(config, formats, index));
  let afterSeq = 0;
  let lookAgainMs = ports.clock.elapsed() + LOOK_AGAIN_MS;
  /** By number: the identity of the object. */
  const offered = new Map<number, string>();
  /** Of objects that the configuration does not know. */
  const passedOver = new Set<number>();
  /** Their objects are under way for another reason: offered once that is over. */
  let postponed: readonly WantedObject[] = [];
  while (!signal.aborted) {
    const requests = await read(context, afterSeq, signal);
    const again = postponed.filter(({ object }) => known.isUnderWay(identityOf(object)));
    const inTurn = await stillThere(
      context,
      postponed.filter((request) => !again.includes(request)),
      signal,
    );
    for (const request of [...inTurn, ...requests]) {
      if (offered.has(request.seq) || passedOver.has(request.seq)) continue;
      const answer = await offer(context, selections, request, signal);
      if (answer === 'under-way') again.push(request);
      else if (answer === 'foreign') passedOver.add(request.seq);
      else offered.set(request.seq, identityOf(request.object));
    }
    postponed = again;
    afterSeq = requests.at(-1)?.seq ?? afterSeq;
    if (requests.length === REQUESTS_PER_READ) continue;
    await ports.clock.sleep(POLL_MS, signal);
    if (ports.clock.elapsed() < lookAgainMs) continue;
    lookAgainMs = ports.clock.elapsed() + LOOK_AGAIN_MS;
    // Before the state is asked: what is done later may stand in an answer that is older.
    for (const [seq, identity] of offered) if (!known.isUnderWay(identity)) offered.delete(seq);
    afterSeq = 0;
    postponed = [];
  }
}

/** `under-way`: for another reason. */
async function offer(
  context: RunContext,
  selections: readonly Selection[],
  { seq, object, kind, settled }: WantedObject,
  signal: AbortSignal,
): Promise<'offered' | 'under-way' | 'foreign'> {
  const { ports, config, known, found, foundChanged, progress } = context;
  const selected = selections[sourceOf(config.s3.sources, object) ?? -1]?.selectByName(object, ports.clock.now());
  if (selected?.kind !== 'task') {
    // The configuration has changed since the request was made: it waits for one that knows the object.
    const reason = selected?.reason ?? 'no-source';
    ports.events.emit({ kind: 'object skipped', bucket: object.bucket, key: object.key, reason });
    return 'foreign';
  }
  while (!signal.aborted && found.length >= config.processing.queueObjectsMax)
    await ports.clock.sleep(ROOM_POLL_MS, signal);
  const record = kind === 'again' ? null : await lookup(context, object, signal);
  if (signal.aborted) return 'offered';
  const identity = identityOf(object);
  if (known.isUnderWay(identity)) return 'under-way';
  if (record?.kind === 'complete') {
    progress.fulfil(seq, 'delivered');
    return 'offered';
  }
  // Remembered as done since a moment ago: that does not count for one that is wanted again.
  known.forget(identity);
  // The request itself is durable: the floor of the look-back need not wait for the object.
  const nowMs = ports.clock.now();
  known.add(identity, { lastModifiedMs: Infinity, eligibleMs: nowMs, sizeBytes: object.sizeBytes });
  const left = record?.kind === 'partial' ? record.settled : settled;
  const task = asIfListedAt(nowMs, selected.task, config.processing.delayWindowMs);
  found.push({ ...task, settled: left, wanted: seq, wantedKind: kind }, nowMs);
  foundChanged.notify();
  ports.events.emit({ kind: 'object found', object, isLate: false });
  return 'offered';
}

/** Without those that were replaced by a later one while they waited. */
async function stillThere(
  context: RunContext,
  requests: readonly WantedObject[],
  signal: AbortSignal,
): Promise<readonly WantedObject[]> {
  const there: WantedObject[] = [];
  // Many at a time: with shared state each reading looks through all that is asked for, by whomever.
  let left = requests.map(({ seq }) => seq).toSorted((earlier, later) => earlier - later);
  for (let [first] = left; first !== undefined; [first] = left) {
    const page = await read(context, first - 1, signal);
    there.push(...page.filter(({ seq }) => left.includes(seq)));
    const lastSeq = page.at(-1)?.seq ?? Infinity;
    left = left.filter((seq) => seq > lastSeq);
  }
  return there;
}

async function read(context: RunContext, afterSeq: number, signal: AbortSignal): Promise<readonly WantedObject[]> {
  const requests = await untilRead(context, () => context.ports.state.readWanted(afterSeq, REQUESTS_PER_READ), signal);
  return requests ?? [];
}

async function lookup(context: RunContext, object: ObjectRef, signal: AbortSignal): Promise<ObjectRecord | null> {
  const records = await untilRead(context, () => context.ports.state.lookup([object]), signal);
  return records?.[0] ?? null;
}

/** Asks the state store, however often that fails; null when the signal aborts. */
async function untilRead<T>({ ports }: RunContext, ask: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StreamerError)) throw error;
      const delayMs = backoffMs(READ_RETRY, failures, ports.random.next(), null);
      ports.events.emit({ kind: 'state read failed', code: error.code, error: error.message, delayMs });
      await ports.clock.sleep(delayMs, signal);
    }
  }
  return null;
}
